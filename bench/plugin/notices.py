"""What is said at once, also by a worker in the middle of a test: as one of pytest's warnings, which travel at once."""

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from bench.record.wording import printable


class Notice(UserWarning):
    """One line for the user."""


def give(config: pytest.Config, line: str) -> None:
    """Say a line on the controller's terminal now, and once more in pytest's summary of warnings."""
    notice = warnings.WarningMessage(Notice(line), Notice, filename="bench", lineno=0)
    what = {"warning_message": notice, "when": "runtest", "nodeid": "", "location": None}
    try:
        config.hook.pytest_warning_recorded.call_historic(kwargs=what)
    except OSError:
        return  # a worker whose controller is gone has nobody to tell


class Notices:
    """Writes each notice as it comes."""

    def __init__(
        self, config: pytest.Config, aside: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._config = config
        self._aside = aside  # keeps the live line away meanwhile

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Write it, if it is one, in a line of its own."""
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is not None and isinstance(warning_message.message, Notice):
            # In the middle of a test pytest takes what is written for the test's own output.
            capture = self._config.pluginmanager.getplugin("capturemanager")
            with capture.global_and_fixture_disabled() if capture else nullcontext(), self._aside():
                terminal.ensure_newline()
                terminal.write_line(printable(str(warning_message.message)), yellow=True)
                terminal.flush()
