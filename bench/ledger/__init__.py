"""All that was paid for, in SQLite: a request goes in; its answer, once recorded, comes out."""
