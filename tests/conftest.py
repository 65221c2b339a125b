"""The suite's own rules: a warning is an error, and nothing may be left in the checkout.

They are here and not in pytest.ini, which governs runs of the benchmark as well.
"""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.jail.caller import Jails, calling
from tests.support.imported import import_tests
from tests.support.session import Bench
from tests.support.warm_workers import fork_workers

NOT_LEFT = {
    ".git",
    ".venv",
    "__pycache__",
    ".pytest_cache",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
}
"""Folders that tools keep for themselves."""

BEFORE = pytest.StashKey[Mapping[Path, tuple[int, int]]]()
LEFT = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one folder of datasets that runs share: equal options give equal bytes."""
    return tmp_path_factory.mktemp("datasets")


@pytest.fixture
def bench(tmp_path: Path, datasets: Path) -> Bench:
    """Starts runs of the benchmark whose reports are in the test's own folder."""
    return Bench(tmp_path, datasets)


@pytest.fixture(scope="session")
def jails() -> Iterator[Jails]:
    """The jails that tests share: to start one takes as long as to run some ten programs."""
    with ExitStack() as started:
        yield cache(lambda without: started.enter_context(calling(without)))


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Say how tests try examples, and have workers forked from a process that has imported them.

    This is the last moment at which no plugin has started a thread, which a fork would lose.
    """
    # On a busy machine an example may take long, and that is no failure.
    settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("suite")
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        import_tests(config.args)
        gc.freeze()
        fork_workers()


def pytest_configure(config: pytest.Config) -> None:
    """Let warnings be errors."""
    config.addinivalue_line("filterwarnings", "error")
    # A plugin may have been imported before pytest could rewrite its assertions.
    config.addinivalue_line("filterwarnings", "default::pytest.PytestAssertRewriteWarning")
    # Servers on loopback are asked directly, with the keys that a test gives, and tables are as
    # wide as where no terminal is.
    for name in list(os.environ):
        is_of_servers = name.startswith("OPENAI_") or name.lower().endswith("_proxy")
        if is_of_servers or name in ("COLUMNS", "LINES"):
            del os.environ[name]
    # No test speaks TLS, and a client takes 30 ms to read the authorities that a machine knows. So
    # it is to look for them here, where none are.
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember what the checkout holds."""
    if not hasattr(session.config, "workerinput"):
        session.config.stash[BEFORE] = files_of(session.config.rootpath)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Collect garbage rarely, and none of what is here by now: it took a quarter of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail where the checkout holds something else now."""
    if (before := session.config.stash.get(BEFORE, None)) is None:
        return
    left = session.config.stash[LEFT] = differences(before, files_of(session.config.rootpath))
    if left and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left."""
    for line in terminalreporter.config.stash.get(LEFT, []):
        terminalreporter.write_line(f"left in the checkout: {line}", red=True)


def files_of(root: Path) -> Mapping[Path, tuple[int, int]]:
    """Every file below a folder but for what tools keep for themselves: size and time of change."""
    return {path.relative_to(root): (stat.st_size, stat.st_mtime_ns) for path, stat in _walk(root)}


def differences(
    before: Mapping[Path, tuple[int, int]], after: Mapping[Path, tuple[int, int]]
) -> list[str]:
    """What was added, changed and taken away, a line each."""
    new = [f"{path} (new)" for path in after if path not in before]
    gone = [f"{path} (gone)" for path in before if path not in after]
    changed = [
        f"{path} (changed)" for path in before if path in after and before[path] != after[path]
    ]
    return sorted(new + gone + changed)


def _walk(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for entry in os.scandir(root):
        if entry.name in NOT_LEFT or entry.name.endswith(".egg-info"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path), entry.stat(follow_symlinks=False)
