"""Before a run: declare and resolve its options, lay out its grid, register its hooks."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.options.resolve import options, resolve
from bench.options.settings import Settings, SettingsError
from bench.plugin.ahead import Ahead
from bench.plugin.command import says_which
from bench.plugin.fixtures import Fixtures
from bench.plugin.headway import Headway
from bench.plugin.hooks import Benchmark
from bench.plugin.hosts import arrival
from bench.plugin.hosts.place import far_specs
from bench.plugin.incompatible import refuse_senseless
from bench.plugin.jsonreport import switch_on
from bench.plugin.outsiders import registered, targets_of_plugins
from bench.plugin.recorder import Recorder
from bench.plugin.sharding import Sharding
from bench.plugin.shared_errors import Errors
from bench.plugin.stash import AHEAD, BASELINE, GRID, HEADWAY, HOSTS, REGISTRY, SETTINGS, WARNINGS
from bench.plugin.uncollected import Uncollected
from bench.plugin.which_point import PARAMETRIZED
from bench.question.grid import GridPoint
from bench.record.key import PointKey
from bench.record.wording import printable
from bench.run.conditions import durations, laid_out, with_every_learner
from llm_pv_bench import BENCH, names_benchmark, places_of

if TYPE_CHECKING:  # imported by runs that have one
    from bench.run.gate import Baseline


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare every option, and its ini key."""
    group = parser.getgroup("llm-pv bench")
    for option in options():
        flag, with_value = {"action": "store_true"}, {"metavar": option.name.upper()}
        again = {"action": "append"} if option.kind.is_repeated else {}
        action: dict[str, Any] = flag if option.is_flag else with_value | again
        group.addoption(
            option.flag,
            dest=f"llmpv_{option.name}",
            default=None,
            help=option.help.replace("%", "%%"),
            **action,
        )
        parser.addini(option.ini, f"default of {option.flag}", default=None)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options, and switch the JSON report on for runs of the benchmark."""
    from_controller = arrival.told_to(config)
    try:
        if from_controller is None:
            settings = _resolved(config)
        else:
            settings = arrival.arrive(config, from_controller)
        config.stash[SETTINGS] = settings
        if not _is_benchmark(config):
            _refuse_options(config)
            return
        settings = config.stash[SETTINGS] = with_every_learner(settings)
        config.stash[REGISTRY] = registered(config, settings)
        refuse_senseless(config, settings, config.stash[REGISTRY])
        grid, left_out = laid_out(
            settings,
            config.stash[REGISTRY],
            plugin_targets=targets_of_plugins(config),
            paper_alone=not says_which(config, settings.grid.functions),
        )
        config.stash[GRID] = grid
        if from_controller is None:
            seconds = durations(settings.grid, grid)
        else:
            seconds = arrival.seconds_of(from_controller, grid)
        if (known := _baseline(settings)) is not None:
            config.stash[BASELINE] = known
    except SettingsError as error:
        raise pytest.UsageError(printable(str(error))) from None
    config.stash[WARNINGS] = list(left_out)
    _declare_markers(config, config.stash[GRID])
    switch_on(config)
    _register_hooks(config, settings, seconds)


def _baseline(settings: Settings) -> "Baseline | None":
    """What `--baseline` names; None without it. Raises SettingsError."""
    results = settings.results
    if results.baseline is None:
        if results.baseline_ignore:
            raise SettingsError("--baseline-ignore: there is nothing to ignore without --baseline")
        return None
    from bench.run.gate import BaselineError, read

    try:
        return read(results.baseline, settings)
    except BaselineError as error:
        raise SettingsError(f"--baseline: {error}") from None


def _resolved(config: pytest.Config) -> Settings:
    """The settings of the command line and the ini file. Raises SettingsError."""
    given = {option.name: config.getoption(f"llmpv_{option.name}") for option in options()}
    ini = {
        option.name: value
        for option in options()
        if (value := config.getini(option.ini)) is not None
    }
    return resolve(given, ini, config.rootpath, config.invocation_params.dir)


def _register_hooks(
    config: pytest.Config, settings: Settings, seconds: Mapping[PointKey, float] | None
) -> None:
    """Register the hooks of a run; `seconds` are those that `--shard-durations` gives.

    Raises SettingsError.
    """
    ahead = config.stash[AHEAD] = Ahead(config, settings)
    headway = config.stash[HEADWAY] = Headway(config, ahead)
    config.pluginmanager.register(ahead, "llm-pv-bench-ahead")
    config.pluginmanager.register(headway, "llm-pv-bench-headway")
    config.pluginmanager.register(Fixtures(config), "llm-pv-bench-fixtures")
    config.pluginmanager.register(Benchmark(config), "llm-pv-bench")
    config.pluginmanager.register(Recorder(config), "llm-pv-bench-recorder")
    config.pluginmanager.register(Uncollected(config), "llm-pv-bench-uncollected")
    if not hasattr(config, "workerinput"):  # workers write no files, and tell nobody
        from bench.plugin.ending import Ending

        config.pluginmanager.register(Ending(config), "llm-pv-bench-ending")
    config.pluginmanager.register(Errors(), "llm-pv-bench-errors")
    if far_specs(config):
        from bench.plugin.hosts.nodes import Hosts

        config.stash[HOSTS] = Hosts(config, settings, seconds)
        config.pluginmanager.register(config.stash[HOSTS], "llm-pv-bench-hosts")
    if settings.grid.shard is not None:
        sharding = Sharding(settings.grid.shard, seconds)
        config.pluginmanager.register(sharding, "llm-pv-bench-sharding")


def _is_benchmark(config: pytest.Config) -> bool:
    """Whether this run is one of the benchmark: whether its arguments name something in bench/.

    Raises UsageError where they take in the project's own suite as well.
    """
    folder, suite = config.invocation_params.dir, BENCH.parent / "tests"
    is_clone = BENCH.parent == config.rootpath.resolve()
    places = places_of(config.args, folder)
    is_named = names_benchmark(config.args, folder, config.option.pyargs)
    takes_in_both = any(place in BENCH.parents for place in places) or (
        is_named and any(place.is_relative_to(suite) for place in places)
    )
    if is_clone and takes_in_both:
        raise pytest.UsageError(
            "the benchmark and the project's own suite run apart: give bench, or tests"
        )
    return is_named


def _refuse_options(config: pytest.Config) -> None:
    """Raise UsageError where the command of another run has an option of the benchmark.

    In PYTEST_ADDOPTS it is for all runs, and those of the benchmark alone take it.
    """
    given = {argument.partition("=")[0] for argument in config.invocation_params.args}
    for option in options():
        if option.flag in given:
            raise pytest.UsageError(
                f"{option.flag}: only the benchmark takes it; name the benchmark, as in "
                f"`pytest bench {option.flag} ...`"
            )


def _declare_markers(config: pytest.Config, grid: tuple[GridPoint, ...]) -> None:
    """Declare the points' markers that no ini file declares: an installed benchmark has no ini."""
    known = {line.split(":")[0].strip() for line in config.getini("markers")}
    for mark in sorted({mark for point in grid for mark in point.marks} - known):
        config.addinivalue_line("markers", f"{mark}: of the benchmark's points")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the rooms out: they have no tests, and a search through them takes a tenth of a run."""
    return True if collection_path.parent == BENCH and not collection_path.suffix else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a grid point."""
    if PARAMETRIZED not in metafunc.fixturenames:
        return
    grid = metafunc.config.stash.get(GRID, None)
    if grid is None:  # the arguments named it in a way that pytest_configure did not recognise
        raise pytest.UsageError(
            "name the benchmark as `pytest bench` in a clone, as `pytest --pyargs bench` elsewhere"
        )
    points = [_parameter(point) for point in grid]
    metafunc.parametrize(PARAMETRIZED, points, indirect=True)


def _parameter(point: GridPoint) -> Any:
    """The point as a parameter of the test, with its id and its markers."""
    marks = [getattr(pytest.mark, mark) for mark in point.marks]
    return pytest.param(point, id=point.id, marks=marks)
