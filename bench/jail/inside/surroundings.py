"""What a candidate finds around it: silent streams, sleeps without length, nothing of ours.

None of it is a wall.
"""

import gc
import io
import os
import sys
import tempfile
import time
import warnings
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any, SupportsIndex

from bench.jail.inside import chance, coroutines

_mkdtemp_of_tempfile = tempfile.mkdtemp


def prepare() -> None:
    """Make it so, before the fork, for every candidate."""
    os.environ.clear()
    sys.argv[:] = ["candidate"]
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), "utf-8")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _silent()  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _silent()  # type: ignore[misc]
    warnings.simplefilter("ignore")
    time.sleep = _no_sleep
    tempfile.tempdir = "/tmp"  # noqa: S108 - else it looks for a writable folder, and hides that none may be written
    tempfile.mkdtemp = _mkdtemp
    del gc.unfreeze  # see child.run: what is frozen is not to be seen
    chance.prepare()
    sys.meta_path.insert(0, _Coroutines())
    for name in [name for name in sys.modules if name == "bench" or name.startswith("bench.")]:
        del sys.modules[name]


class _Nowhere(io.RawIOBase):
    """Takes everything, keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return len(data)


def _silent() -> io.TextIOWrapper:
    """Standard output or error, with all that a text stream has, `buffer` too."""
    return io.TextIOWrapper(io.BufferedWriter(_Nowhere()), "utf-8", "backslashreplace")


def _no_sleep(seconds: float | SupportsIndex, /) -> None:
    """Stands for time.sleep: over at once, as a sleep would hold a slot of the harness, and make nothing better."""
    if float(seconds) < 0:
        raise ValueError("sleep length must be non-negative")


def _mkdtemp(suffix: Any = None, prefix: Any = None, dir: Any = None) -> Any:  # noqa: A002 - tempfile's own name
    """Stands for tempfile.mkdtemp: matplotlib refuses to load without a folder, and then does without its files."""
    if prefix == "matplotlib-":
        return "/tmp/matplotlib"  # noqa: S108 - a name, where nothing is ever made
    return _mkdtemp_of_tempfile(suffix, prefix, dir)


class _Coroutines:
    """Fits asyncio to the jail once it is imported: before, most candidates would pay for what they do not use."""

    @staticmethod
    def find_spec(name: str, path: Any = None, _target: object = None) -> ModuleSpec | None:
        """The usual spec of `asyncio.selector_events`, with a loader that does a little more."""
        spec = PathFinder.find_spec(name, path) if name == "asyncio.selector_events" else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_fit(module: Any) -> None:
            load(module)
            coroutines.without_kernel(module)

        spec.loader.exec_module = load_and_fit  # type: ignore[method-assign]
        return spec
