"""How a command that is no run comes to the targets of plugins: it is handed who asks them."""

import argparse
from collections.abc import Callable, Sequence

from targets import Target

Plugins = Callable[[Sequence[str]], Sequence[Target]]
"""From names of plugins to the targets that a run with these has. Raises SettingsError."""


def ask_plugin(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names plugins, as `plugin`."""
    parser.add_argument(
        *("-p", "--plugin"),
        action="append",
        default=[],
        help="a plugin of pytest with targets, besides those of a run in this folder",
    )
