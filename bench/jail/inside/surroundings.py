"""What a candidate finds around it: silent streams, sleeps that take no time, nothing of ours.

None of this is a restriction: a candidate may undo it.
"""

import gc
import io
import os
import sys
import time
import warnings
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any, SupportsIndex

from bench.jail.inside import chance, coroutines, one_process


def prepare() -> None:
    """Set all of it up in the zygote, before the fork."""
    os.environ.clear()
    sys.argv[:] = ["candidate"]
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), "utf-8")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _silent()  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _silent()  # type: ignore[misc]
    warnings.simplefilter("ignore")
    time.sleep = _no_sleep
    del gc.unfreeze  # child.run freezes what no candidate should see
    chance.prepare()
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


def _fit_tempfile(tempfile: Any) -> None:
    """Tell of the only folder for temporary files, and tell matplotlib one that is not there.

    Else tempfile would look for a writable folder, and hide that there is none. Without a folder
    matplotlib refuses to load; that it cannot write its files there is no matter.
    """
    tempfile.tempdir = "/tmp"  # noqa: S108
    mkdtemp = tempfile.mkdtemp

    def mkdtemp_but_for_matplotlib(
        suffix: Any = None,
        prefix: Any = None,
        dir: Any = None,  # noqa: A002 - tempfile's own name
    ) -> Any:
        if prefix == "matplotlib-":
            return "/tmp/matplotlib"  # noqa: S108 - nothing is ever made there
        return mkdtemp(suffix, prefix, dir)

    tempfile.mkdtemp = mkdtemp_but_for_matplotlib


_FITS: dict[str, Callable[[Any], None]] = {
    "asyncio.selector_events": coroutines.without_kernel,
    "multiprocessing.shared_memory": one_process.without_shared_memory,
    "multiprocessing.synchronize": one_process.semaphores,
    "random": chance.fit,
    "tempfile": _fit_tempfile,
}
"""What is done to a module as soon as it is imported."""


def fit_imports() -> None:
    """Fit modules to the jail when they are imported, so that only their users pay for that."""
    sys.meta_path.insert(0, _Fitting())


class _Fitting:
    """Finds the modules that are to be fitted."""

    @staticmethod
    def find_spec(name: str, path: Any = None, _target: object = None) -> ModuleSpec | None:
        """The usual spec, with a loader that also fits the module; None for all others."""
        spec = PathFinder.find_spec(name, path) if name in _FITS else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_fit(module: Any) -> None:
            load(module)
            _FITS[name](module)

        spec.loader.exec_module = load_and_fit  # type: ignore[method-assign]
        return spec
