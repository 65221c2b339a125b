"""What candidates may import, and so which files they may read: the standard library, and packages promised to them.

Nothing else of the folders that packages are installed in: this project may be one of them, with
its rules, and so may a user's own targets.
"""

import ctypes
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import DistributionFinder, PathDistribution

PROMISED = ("gmpy2", "matplotlib", "networkx", "numpy", "pandas", "scipy", "sklearn", "sympy")
"""What a candidate may import beside the standard library, where it is installed."""

_BEHIND = (
    "PIL", "cloudpickle", "contourpy", "cycler", "dateutil", "fontTools", "joblib", "kiwisolver", "mpl_toolkits",
    "mpmath", "narwhals", "packaging", "pylab", "pyparsing", "pytz", "six", "threadpoolctl", "typing_extensions",
    "tzdata",
)  # fmt: skip
"""What those import."""

_OTHER_NAMES = {"PIL": "pillow", "dateutil": "python_dateutil", "sklearn": "scikit_learn"}
"""What they are called where they are installed, if not as they are imported."""

_C_RUNTIME = ("libdl.so.2", "libgcc_s.so.1", "libpthread.so.0", "libstdc++.so.6")
"""Parts of the system's own C runtime that wheels are linked with. A child has no file of them."""

_OURS = ("bench", "targets")

_INSTALLED_IN = ("site-packages", "dist-packages")


@dataclass(frozen=True, slots=True)
class Readable:
    """The files that a child may read."""

    places: tuple[str, ...]
    """Files, and folders with all that is in them."""
    listed: tuple[str, ...]
    """Folders of which only some parts are `places`, that modules are looked for in: what is there
    may be listed.
    """


@dataclass(frozen=True, slots=True)
class Libraries:
    """Finds the promised packages for `import`, where they are installed, and nothing that lies beside them."""

    readable: Readable
    specs: dict[str, ModuleSpec]
    descriptions: dict[str, Path]
    """By the name of a distribution, its `.dist-info`: some packages read their own version
    there.
    """
    absent: frozenset[str]
    """Modules that are installed, or promised and not installed, and that no candidate has."""

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> ModuleSpec | None:
        """As `sys.meta_path` asks for it. A package finds its own modules by itself."""
        return self.specs.get(name)

    def find_distributions(
        self, context: "DistributionFinder.Context"
    ) -> "Iterator[PathDistribution]":
        """As `importlib.metadata` asks for them."""
        from importlib.metadata import PathDistribution

        wanted = None if context.name is None else _normal(context.name)
        return (
            PathDistribution(path)
            for name, path in self.descriptions.items()
            if wanted in (None, name)
        )


def find(folders: Sequence[str]) -> Libraries:
    """The libraries of this interpreter, started without `site`, and of these folders of installed packages."""
    installed = [path for folder in folders for path in _entries(Path(folder))]
    specs, places = {}, []
    for name in (*PROMISED, *_BEHIND):
        if spec := PathFinder.find_spec(name, folders):
            specs[name] = spec
            places += [
                Path(place) for place in spec.submodule_search_locations or [str(spec.origin)]
            ]
    known = {_normal(_OTHER_NAMES.get(name, name)) for name in specs}
    descriptions: dict[str, Path] = {}
    for path in installed:
        if path.suffix == ".dist-info" and (name := _normal(path.name.partition("-")[0])) in known:
            descriptions.setdefault(name, path)
        elif path.suffix == ".libs" and _normal(path.stem) in known:
            places.append(path)  # C libraries that a wheel brings
    standard, listed = _standard_library()
    places += [*descriptions.values(), *standard]
    readable = Readable(
        tuple(sorted({str(place) for place in places if place.exists()})), tuple(map(str, listed))
    )
    others = {path.name.partition(".")[0] for path in installed}
    return Libraries(
        readable, specs, descriptions, frozenset(others.union(PROMISED).difference(specs, _OURS))
    )


def load_c_runtime() -> None:
    """Load what the modules of wheels need beside their own: what is loaded is not looked for again."""
    for name in _C_RUNTIME:
        with suppress(OSError):  # another C library, or another system
            ctypes.CDLL(name)


def _standard_library() -> tuple[list[Path], list[Path]]:
    """Its places, and the folders whose parts are places because packages are installed in there as well."""
    found = [path for path in map(Path, sys.path) if path.is_absolute() and path.exists()]
    places: list[Path] = []
    listed = []
    for folder in (path for path in found if not any(other in path.parents for other in found)):
        if any((folder / name).exists() for name in _INSTALLED_IN):
            listed.append(folder)
            places += [part for part in folder.iterdir() if part.name not in _INSTALLED_IN]
        else:
            places.append(folder)
    return places, listed


def _normal(distribution: str) -> str:
    return distribution.lower().replace("-", "_").replace(".", "_")


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, if anything can be seen."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []
