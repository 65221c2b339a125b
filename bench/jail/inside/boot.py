"""The program of a zygote process: `python -P -s -S boot.py ARGUMENTS`. See zygote.py.

The zygote has to be small, as its children inherit all that it holds. So `bench` and `bench.jail`
are made bare packages here: their `__init__`, which would load the harness's side and its event
loop, is never run.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType


class _Late(ModuleType):
    """Stands in for a module, and imports it when something of it is used."""

    def __getattr__(self, name: str) -> object:
        sys.modules.pop(self.__name__, None)
        return getattr(import_module(self.__name__), name)


def _bare_package(name: str, folder: Path) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


def _no_hooks(**_hooks: object) -> None:
    """Takes the place of os.register_at_fork, and registers nothing.

    The hooks of random and threading would take a fifth of each child's time. They are not needed:
    the zygote has one thread, and each child seeds its random numbers itself.
    """


if __name__ == "__main__":
    os.register_at_fork = _no_hooks
    jail = Path(__file__).resolve().parents[1]
    _bare_package("bench", jail.parent)
    _bare_package("bench.jail", jail)
    # Only dataclasses imports it here, for what no class of ours needs: a twentieth of a child.
    sys.modules["inspect"] = _Late("inspect")
    from bench.jail.inside import zygote

    for name in ("inspect", "dataclasses"):  # programs get whole ones
        del sys.modules[name]
    sys.dont_write_bytecode = True
    zygote.main(*sys.argv[1:])
