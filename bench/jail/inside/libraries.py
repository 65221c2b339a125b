"""What candidates may import: the standard library, and some packages that they are promised.

A child may read the files of these and no others. The folders that packages are installed in may
also hold this project with its hidden rules, or a user's own targets.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from os.path import isabs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import DistributionFinder, PathDistribution

PROMISED = ("gmpy2", "matplotlib", "networkx", "numpy", "pandas", "scipy", "sklearn", "sympy")
"""Packages that a candidate may import where they are installed, beside the standard library."""

_BEHIND_NAMES = """
PIL cloudpickle contourpy cycler dateutil fontTools joblib kiwisolver mpl_toolkits mpmath narwhals
packaging pylab pyparsing pytz six threadpoolctl typing_extensions tzdata
"""
_BEHIND = tuple(_BEHIND_NAMES.split())
"""What the promised packages import themselves."""

_OTHER_NAMES = {"PIL": "pillow", "dateutil": "python_dateutil", "sklearn": "scikit_learn"}
"""Names that packages are installed under, where they differ from those for `import`."""

C_RUNTIME = ("libdl.so.2", "libgcc_s.so.1", "libpthread.so.0", "libstdc++.so.6")
"""Parts of the C runtime that wheels are linked with. A child cannot read their files."""

_OURS = ("bench", "targets")

_INSTALLED_IN = ("site-packages", "dist-packages")


@dataclass(frozen=True, slots=True)
class Readable:
    """The files that a child may read."""

    places: tuple[str, ...]
    """Files, and folders with all that is in them."""
    listed: tuple[str, ...]
    """Folders that may be listed, to look for modules; only some parts of them are `places`."""

    def in_few_places(self) -> "Readable":
        """The same in a private root, where listed folders hold nothing but places."""
        beneath = tuple(f"{folder}/" for folder in self.listed)
        apart = [place for place in self.places if not place.startswith(beneath)]
        return Readable((*self.listed, *apart), ())


@dataclass(frozen=True, slots=True)
class Libraries:
    """Finds the promised packages for `import`, and nothing that is installed beside them."""

    readable: Readable
    specs: dict[str, ModuleSpec]
    descriptions: dict[str, str]
    """Each distribution's `.dist-info`, by name: some packages read their version there."""
    absent: frozenset[str]
    """Modules that no candidate has: installed but not promised, or promised but not installed."""

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> ModuleSpec | None:
        """A promised package, as `sys.meta_path` asks. It finds the modules within it by itself."""
        return self.specs.get(name)

    def find_distributions(
        self, context: "DistributionFinder.Context"
    ) -> "Iterator[PathDistribution]":
        """The distributions of promised packages, as `importlib.metadata` asks for them."""
        from importlib.metadata import PathDistribution
        from pathlib import Path

        wanted = None if context.name is None else _normal(context.name)
        for name, path in self.descriptions.items():
            if wanted in (None, name):
                yield PathDistribution(Path(path))


def find(folders: Sequence[str]) -> Libraries:
    """What candidates may import of this interpreter, and of these folders of installed packages.

    The interpreter has to be one that was started without `site`.
    """
    folders = [os.path.normpath(folder) for folder in folders]
    installed = [(folder, name) for folder in folders for name in _entries(folder)]
    specs: dict[str, ModuleSpec] = {}
    places: list[str] = []
    for name in (*PROMISED, *_BEHIND):
        if spec := PathFinder.find_spec(name, folders):
            specs[name] = spec
            places += spec.submodule_search_locations or [str(spec.origin)]
    known = {_normal(_OTHER_NAMES.get(name, name)) for name in specs}
    descriptions: dict[str, str] = {}
    for folder, entry in installed:
        stem, _, suffix = entry.rpartition(".")
        if suffix == "dist-info" and (name := _normal(stem.partition("-")[0])) in known:
            descriptions.setdefault(name, f"{folder}/{entry}")
        elif suffix == "libs" and _normal(stem) in known:
            places.append(f"{folder}/{entry}")  # C libraries that a wheel brings
    standard, listed = _standard_library()
    existing = filter(os.path.exists, {*places, *descriptions.values(), *standard})
    readable = Readable(tuple(sorted(existing)), tuple(listed))
    names = {entry.partition(".")[0] for _, entry in installed}
    absent = names.union(PROMISED).difference(specs, _OURS)
    return Libraries(readable, specs, descriptions, frozenset(absent))


def preload(names: Iterable[str]) -> None:
    """Load modules and C libraries before the fork: children have them, and look for none.

    numpy is optional, and so are modules for C libraries that Python was built without. The C
    libraries are others on another system.
    """
    for name in names:
        try:
            if name in C_RUNTIME:
                ctypes.CDLL(name)
            else:
                import_module(name)
        except (ImportError, OSError):
            continue


def give_memory_back() -> None:
    """Give back what setting up has used: children inherit it by the page, see malloc_trim(3)."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)


def _standard_library() -> tuple[list[str], list[str]]:
    """The places of the standard library, and its folders that only may be listed.

    The second are those in which packages are installed too: the other parts of them are places.
    """
    absolute = map(os.path.normpath, filter(isabs, sys.path))
    found = [path for path in absolute if os.path.exists(path)]
    outermost = [path for path in found if not any(path.startswith(f"{each}/") for each in found)]
    places: list[str] = []
    listed = []
    for folder in outermost:
        entries = _entries(folder)
        apart = [f"{folder}/{name}" for name in entries if name not in _INSTALLED_IN]
        if len(apart) < len(entries):
            listed.append(folder)
            places += apart
        else:
            places.append(folder)
    return places, listed


def _normal(distribution: str) -> str:
    return distribution.lower().replace("-", "_").replace(".", "_")


def _entries(folder: str) -> list[str]:
    """The names of what is in a folder; none where it cannot be read."""
    try:
        return os.listdir(folder)
    except OSError:
        return []
