"""What was paid for, in SQLite: a request goes in; its answer comes out, once it is recorded."""
