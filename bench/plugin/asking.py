"""The targets of plugins for a command that is no run: pytest loads them, and nothing is run."""

from collections.abc import Sequence

import pytest

from bench.options.settings import SettingsError
from bench.plugin.outsiders import targets_of_plugins
from bench.show import ask_targets, falsified
from targets import Target


class Asker:
    """A plugin that takes the place of a run once pytest has loaded all others."""

    def __init__(self) -> None:
        self.found: tuple[Target, ...] | None = None
        self.fault: SettingsError | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> int:
        """Ask the plugins, and end."""
        try:
            self.found = targets_of_plugins(config)
        except SettingsError as error:
            self.fault = error
        return 0


def targets_of(plugins: Sequence[str]) -> tuple[Target, ...]:
    """The targets that a run in the current folder with these plugins has, besides our own.

    Raises SettingsError, which names the plugin at fault.
    """
    asker = Asker()
    named = [word for plugin in plugins for word in ("-p", plugin)]
    # The folder is named so that pytest loads its conftest.py.
    pytest.main(["-p", "bench.plugin", *named, "."], plugins=[asker])
    if asker.fault is not None:
        raise asker.fault
    if asker.found is None:  # pytest has said why
        raise SettingsError("the plugins could not be loaded")
    return asker.found


def ask(arguments: Sequence[str] | None = None, prog: str = ask_targets.PROG) -> int:
    """`python -m bench.targets`. Gives the exit status."""
    return ask_targets.main(arguments, prog, targets_of)


def falsify(arguments: Sequence[str] | None = None, prog: str = "python -m bench.falsify") -> int:
    """`python -m bench.falsify`. Gives the exit status."""
    return falsified.main(arguments, prog, targets_of)
