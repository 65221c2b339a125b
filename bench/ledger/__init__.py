"""Every answer that was paid for, in SQLite, so that none is asked for twice."""
