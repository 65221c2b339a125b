"""The keys under which the plugin keeps things in pytest's configuration and items."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.jail import Jail
from bench.options.settings import Settings
from bench.plugin.ahead import Ahead
from bench.plugin.headway import Headway
from bench.plugin.tally import Tally
from bench.proposers import Registry
from bench.question.grid import GridPoint
from bench.record.attempt import Attempt

if TYPE_CHECKING:  # imported where there are other machines, or by the controller alone
    from bench.plugin.hosts.link import Link
    from bench.plugin.hosts.nodes import Hosts
    from bench.run.files import RunFiles
    from bench.run.gate import Baseline
    from bench.run.readback import Results

SETTINGS = pytest.StashKey[Settings]()
REGISTRY = pytest.StashKey[Registry]()
GRID = pytest.StashKey[tuple[GridPoint, ...]]()
BASELINE: "pytest.StashKey[Baseline]" = pytest.StashKey()
WARNINGS = pytest.StashKey[list[str]]()
"""Lines that the summary shows before its table."""
IN_ALL_SHARDS = pytest.StashKey[int]()
"""How many points `--shard` divided, where it is given and that is known."""
RUN_ID = pytest.StashKey[str]()
JAIL = pytest.StashKey[Jail]()
"""Of a process that ran the jail to see what it gives, and runs the tests as well."""
RUN: "pytest.StashKey[RunFiles]" = pytest.StashKey()
"""Only the controller has it."""
ATTEMPTS = pytest.StashKey[list[Attempt]]()
"""Of an item: the attempts at its point so far."""
AHEAD = pytest.StashKey[Ahead]()
HEADWAY = pytest.StashKey[Headway]()
TALLY = pytest.StashKey[Tally]()
HOSTS: "pytest.StashKey[Hosts]" = pytest.StashKey()
"""Of the controller of workers on other machines."""
LINK: "pytest.StashKey[Link]" = pytest.StashKey()
"""Of such a worker: its link to the controller."""
REPORT_FILE = pytest.StashKey[Path | None]()
"""A further place where the user wants report.json."""
RESULTS: "pytest.StashKey[Results]" = pytest.StashKey()
PROBLEMS = pytest.StashKey[list[str]]()
"""What makes the run red apart from its tests."""
