"""What the files of a run are called, in its folder."""

MANIFEST = "run.json"
REPORT = "report.json"
JSONL = "results_attempts.jsonl"
CSV = "results_attempts.csv"
LOG = "runner.log"
PAGE = "index.html"

LINKED = (MANIFEST, REPORT, JSONL, CSV, LOG, PAGE)
"""Under these names the reports folder links to the last run's files."""
