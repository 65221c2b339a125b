"""What a candidate finds around it: silent streams, sleeps that take no time, nothing of ours.

None of this is a restriction: a candidate may undo it.
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
    """Set all of it up in the zygote, before the fork."""
    os.environ.clear()
    sys.argv[:] = ["candidate"]
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), "utf-8")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _silent()  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _silent()  # type: ignore[misc]
    warnings.simplefilter("ignore")
    time.sleep = _no_sleep
    # Else tempfile would look for a writable folder, and hide that there is none.
    tempfile.tempdir = "/tmp"  # noqa: S108
    tempfile.mkdtemp = _mkdtemp
    del gc.unfreeze  # child.run freezes what no candidate should see
    chance.prepare()
    sys.meta_path.insert(0, _Coroutines())
    for name in [name for name in sys.modules if name == "bench" or name.startswith("bench.")]:
        del sys.modules[name]


class _Nowhere(io.RawIOBase):
    """A stream that takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return len(data)


def _silent() -> io.TextIOWrapper:
    """A standard output or error that keeps nothing: a whole text stream, with its `buffer`."""
    return io.TextIOWrapper(io.BufferedWriter(_Nowhere()), "utf-8", "backslashreplace")


def _no_sleep(seconds: float | SupportsIndex, /) -> None:
    """Takes the place of time.sleep, and is over at once: a sleep would only hold a processor."""
    if float(seconds) < 0:
        raise ValueError("sleep length must be non-negative")


def _mkdtemp(
    suffix: Any = None,
    prefix: Any = None,
    dir: Any = None,  # noqa: A002 - tempfile's own name
) -> Any:
    """Takes the place of tempfile.mkdtemp, and tells matplotlib a folder that is not there.

    Without a folder matplotlib refuses to load; that it cannot write its files there is no matter.
    """
    if prefix == "matplotlib-":
        return "/tmp/matplotlib"  # noqa: S108 - nothing is ever made there
    return _mkdtemp_of_tempfile(suffix, prefix, dir)


class _Coroutines:
    """Fits asyncio to the jail when it is imported, so that only its users pay for that."""

    @staticmethod
    def find_spec(name: str, path: Any = None, _target: object = None) -> ModuleSpec | None:
        """For `asyncio.selector_events`, the usual spec with a loader that also fits it."""
        spec = PathFinder.find_spec(name, path) if name == "asyncio.selector_events" else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_fit(module: Any) -> None:
            load(module)
            coroutines.without_kernel(module)

        spec.loader.exec_module = load_and_fit  # type: ignore[method-assign]
        return spec
