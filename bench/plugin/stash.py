"""What the plugin keeps with pytest's configuration and its items, by key."""

from pathlib import Path

import pytest

from bench.options.settings import Settings
from bench.plugin.tally import Tally
from bench.question.grid import GridPoint
from bench.record.attempt import Attempt
from bench.run.files import Run
from bench.run.gate import Baseline
from bench.run.results import Results

SETTINGS = pytest.StashKey[Settings]()
GRID = pytest.StashKey[tuple[GridPoint, ...]]()
BASELINE = pytest.StashKey[Baseline]()
WARNINGS = pytest.StashKey[list[str]]()
"""What the summary says before its table."""
RUN_ID = pytest.StashKey[str]()
RUN = pytest.StashKey[Run]()
"""In the controller alone."""
ATTEMPTS = pytest.StashKey[list[Attempt]]()
"""Of an item: the attempts at its point so far."""
TALLY = pytest.StashKey[Tally]()
REPORT_FILE = pytest.StashKey[Path | None]()
"""Where the user wants report.json as well."""
RESULTS = pytest.StashKey[Results]()
PROBLEMS = pytest.StashKey[list[str]]()
"""What makes the run red beside its tests."""
