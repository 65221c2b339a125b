"""`python -m bench.targets COMMAND`: what there is to ask about targets."""

import argparse
from collections.abc import Sequence

from bench.options.settings import SettingsError
from bench.record.say import complain
from bench.show import audit, target_check
from bench.show.plugin_targets import Plugins, ask_plugin

PROG = "python -m bench.targets"
COMMANDS = {
    "audit": (audit.audit, audit.options, "how far opponents get that do not know the target"),
    "check": (target_check.check, target_check.options, "whether a target is a good one"),
}
"""By name: what does it, what declares its options, and what it tells."""


def main(arguments: Sequence[str] | None, prog: str, plugins: Plugins) -> int:
    """Do what the first argument names. Gives the exit status."""
    parser = argparse.ArgumentParser(prog=prog, description="Ask about the targets.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (does, declare, about) in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=f"Tell {about}.")
        command.set_defaults(does=does)
        declare(command)
        ask_plugin(command)
    given = parser.parse_args(arguments)
    try:
        plugin_targets = plugins(given.plugin)
    except SettingsError as error:
        complain(f"{prog}: {error}")
        return 2
    status: int = given.does(given, prog, plugin_targets)
    return status
