"""pytest's way in where the package is installed: the plugin, for runs of the benchmark alone.

pytest imports this module in every run of an environment that the package is installed in. A run
that does not name the benchmark gets no option, fixture or marker from it. Nothing else is imported
then, unless somebody has the benchmark's hooks: other packages there may be called `bench`.
"""

import gc
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from os.path import realpath
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent / "bench"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Load the plugin, as a conftest.py would, if the arguments name the benchmark.

    If not, its hooks are declared once somebody has them: pytest refuses hooks that are unknown.
    """
    known, manager = early_config.known_args_namespace, early_config.pluginmanager
    if names_benchmark(known.file_or_dir, early_config.invocation_params.dir, known.pyargs):
        with kept_for_good():
            manager.import_plugin("bench.plugin")
    yield
    is_used = any(name.startswith("pytest_llmpv_") for name in vars(manager.hook))
    if is_used and not manager.has_plugin("bench.plugin") and _is_importable():
        from bench import hookspecs

        manager.add_hookspecs(hookspecs)


def names_benchmark(arguments: Sequence[str], folder: Path, pyargs: bool) -> bool:
    """Whether one of pytest's arguments is something in the benchmark.

    It is a path from the folder or, with `--pyargs`, a module.
    """
    modules = [argument.split("::")[0].split(".")[0] for argument in arguments]
    if pyargs and BENCH.name in modules and _is_importable():
        return True
    return any(p == BENCH or BENCH in p.parents for p in places_of(arguments, folder))


def places_of(arguments: Sequence[str], folder: Path) -> list[Path]:
    """The files and folders that arguments of pytest name, seen from the folder.

    Path.resolve refuses links that lead in a circle, and an argument, or an option's value that
    pytest takes for one, may be such a link.
    """
    return [Path(realpath(folder / argument.split("::")[0])) for argument in arguments]


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Look for no garbage in what is imported here, neither now nor later: it is none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


def _is_importable() -> bool:
    """Whether `import bench` finds the benchmark, and no other package of this name."""
    found = find_spec(BENCH.name)
    places = found.submodule_search_locations if found is not None else None
    return any(Path(place).resolve() == BENCH for place in places or ())
