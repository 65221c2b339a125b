"""Lines that the user sees at once, even from a worker in the middle of a test.

They travel as pytest's warnings, which pytest-xdist sends on immediately.
"""

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from bench.record.wording import printable


class Notice(UserWarning):
    """One line for the user."""


def show_notice(config: pytest.Config, line: str) -> None:
    """Show a line on the controller's terminal now, and in pytest's summary of warnings."""
    notice = warnings.WarningMessage(Notice(line), Notice, filename="bench", lineno=0)
    what = {"warning_message": notice, "when": "runtest", "nodeid": "", "location": None}
    try:
        config.hook.pytest_warning_recorded.call_historic(kwargs=what)
    except OSError:
        return  # the controller is gone, and nobody reads this


class Notices:
    """Writes each notice as it comes."""

    def __init__(
        self, config: pytest.Config, aside: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._config = config
        self._aside = aside  # takes the live line off the screen meanwhile

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Write the warning, if it is a notice, on a line of its own."""
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is not None and isinstance(warning_message.message, Notice):
            # In the middle of a test pytest would capture it as the test's own output.
            capture = self._config.pluginmanager.getplugin("capturemanager")
            uncaptured = capture.global_and_fixture_disabled() if capture else nullcontext()
            with uncaptured, self._aside():
                terminal.ensure_newline()
                terminal.write_line(printable(str(warning_message.message)), yellow=True)
                terminal.flush()
