"""The program of a zygote process: `python -P -s -S boot.py ARGUMENTS`. See zygote.py.

The zygote has to be small, as its children inherit all that it holds. So `bench` and `bench.jail`
are made bare packages here: their `__init__`, which would load the harness's side and its event
loop, is never run.
"""

import os
import sys
from types import ModuleType


def _bare_package(name: str, folder: str) -> None:
    package = ModuleType(name)
    package.__path__ = [folder]
    sys.modules[name] = package


def _no_hooks(**_hooks: object) -> None:
    """Takes the place of os.register_at_fork, and registers nothing.

    The hooks of random and threading would take a fifth of each child's time. They are not needed:
    the zygote has one thread, and each child seeds its random numbers itself.
    """


if __name__ == "__main__":
    os.register_at_fork = _no_hooks
    jail = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    _bare_package("bench", os.path.dirname(jail))
    _bare_package("bench.jail", jail)
    from bench.jail.inside import standins

    standins.install()
    from bench.jail.inside import zygote

    standins.remove()
    sys.dont_write_bytecode = True
    zygote.main(*sys.argv[1:])
