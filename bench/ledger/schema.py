"""The ledger's tables, and how those of an older version become them."""

import sqlite3

SCHEMA = 6

_TABLES = (
    """CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, run_id TEXT NOT NULL, created_at TEXT NOT NULL,
    model TEXT NOT NULL, host TEXT NOT NULL,
    trial INTEGER NOT NULL, attempt INTEGER NOT NULL, body TEXT NOT NULL, answer TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, spent_nanousd INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, stopped_by TEXT, stopped TEXT)""",
    """CREATE TABLE IF NOT EXISTS pending (
    run_id TEXT NOT NULL, key TEXT NOT NULL, holder INTEGER NOT NULL, started_at TEXT NOT NULL,
    reserved_nanousd INTEGER NOT NULL, response_id TEXT, PRIMARY KEY (run_id, key))""",
    "CREATE INDEX IF NOT EXISTS pending_by_key ON pending (key)",
    """CREATE TABLE IF NOT EXISTS stops (
    run_id TEXT NOT NULL, model TEXT NOT NULL, reasoning_effort TEXT NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (run_id, model, reasoning_effort))""",
    "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, results TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS batches (
    token TEXT PRIMARY KEY, run_id TEXT NOT NULL, created_at TEXT NOT NULL, batch_id TEXT)""",
)
"""The tables:

- `answers` holds what was paid for;
- `runs`: what each run spent, and why it stopped asking;
- `pending`: requests under way, and the process that waits for each (see alive.py);
- `stops`: models that a run stopped asking, at one reasoning effort or (where it is empty) at all;
- `results`: what came of the tool calls in an answer, by the answer's key;
- `batches`: requests that were sent together (see batch_rows.py).
"""


def update(db: sqlite3.Connection) -> None:
    """Create the tables, or bring older ones up to date. Within a transaction."""
    columns = [name for _, name, *_ in db.execute("PRAGMA table_info(pending)")]
    if "pid" in columns:  # until schema 3: process ids, which do not prove who is alive
        db.execute("ALTER TABLE pending RENAME COLUMN pid TO holder")
    for table in _TABLES:
        db.execute(table)
    db.execute(f"PRAGMA user_version = {SCHEMA}")
