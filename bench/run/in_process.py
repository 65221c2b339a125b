"""A run without pytest: options go in; searches run in this process; their results come out."""

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO, cast

import structlog

from bench.jail import Isolation, Jail, JailBroken, detect
from bench.options.resolve import options, resolve
from bench.options.settings import Settings, SettingsError
from bench.proposers import Registry, registry_of
from bench.proposers.proposer import BudgetSpent, Outage
from bench.question.grid import GridPoint
from bench.question.shard import own_points
from bench.question.spec import DatasetError
from bench.record.attempt import Attempt
from bench.record.key import varying
from bench.record.undecided import Undecided, budget_line
from bench.record.utc import now
from bench.record.wording import printable
from bench.run.conditions import (
    durations,
    laid_out,
    need_isolation,
    need_leave_to_pay,
    need_privacy,
    unpriced,
    with_every_learner,
)
from bench.run.files import new_id
from bench.run.manifest import begun
from bench.run.points import group
from bench.run.readback import Results
from bench.run.totals import totals
from bench.search.flight import Planned, Search
from bench.search.session import Session
from targets import Target, TargetFault
from targets.raw import RawTableMissing

OF_TESTS = (
    *("require_recovery", "out_jsonl", "out_csv"),
    *("baseline", "baseline_ignore", "write_baseline", "min_solved"),
)
"""Options of runs that have tests, files of their own and an exit status."""

log = structlog.get_logger()


def run_in_process(given: Mapping[str, object], plugin_targets: Sequence[Target] = ()) -> Results:
    """The results of the run that these options mean: see `bench.run.called`."""
    settings = _settings(given)
    registry = registry_of(settings)
    paper_alone = not settings.grid.functions
    grid, said = laid_out(
        settings, registry, plugin_targets=plugin_targets, paper_alone=paper_alone
    )
    points = _of_shard(grid, settings)
    need_privacy()
    with quiet():
        without_price = unpriced(settings, registry)
        need_leave_to_pay(points, settings, registry)
        for line in (*said, *(f"no price is known for {model}" for model in without_price)):
            log.warning("warning", detail=line)
        with closing(_Run(settings, registry)) as run:
            results = run.results(points)
    in_all_shards = len(grid) if settings.grid.shard else 0
    axes = varying(point.key for point in grid)
    return replace(results, run={**results.run, "in_all_shards": in_all_shards, "axes": axes})


def _of_shard(grid: Sequence[GridPoint], settings: Settings) -> Sequence[GridPoint]:
    """The points that this run asks, in the grid's order. Raises SettingsError."""
    seconds = durations(settings.grid, grid)
    if settings.grid.shard is None:
        return grid
    own = own_points([point.key for point in grid], settings.grid.shard, seconds)
    return [point for point in grid if point.key in own]


class _Run:
    """One run: its jail, its searches, and what became of each of its points."""

    def __init__(self, settings: Settings, registry: Registry) -> None:
        jail, isolation = _isolation(settings)
        self._settings = settings
        by_hand = begun(new_id(), settings, str(isolation), Path.cwd())
        self._manifest = replace(by_hand, command=())
        self._session = Session(settings, registry, self._manifest.run_id, jail=jail)
        self._lost: list[Undecided] = []
        self._outage: Outage | DatasetError | TargetFault | JailBroken | None = None
        """The first of them."""

    def results(self, grid: Sequence[GridPoint]) -> Results:
        """Search at each of these points. Raises the first outage if no point is decided."""
        found: list[Attempt] = []
        if self._settings.money.dry_run:
            found += map(self._session.dry_run, grid)
        else:
            begun_all = self._session.begin_all(Planned(point.id, point) for point in grid)
            for search in begun_all:
                found += self._attempts(search)
        points = group(found)
        if self._outage is not None and not any(point.decided for point in points):
            raise self._outage
        manifest = replace(
            self._manifest,
            ended_at=now(),
            selected=len(grid),
            undecided=tuple(self._lost),
            totals=asdict(totals(points)),
        )
        return Results(Path(manifest.run_id), tuple(found), asdict(manifest))

    def close(self) -> None:
        """Stop what was started."""
        self._session.close()

    def _attempts(self, search: Search) -> Sequence[Attempt]:
        """Those at one point, once its search has ended."""
        point = search.planned.point
        try:
            return self._session.wait(search).attempts
        except BudgetSpent as spent:
            self._lost.append(Undecided("skipped", budget_line(str(spent))))
        except RawTableMissing as missing:
            outcome = "error" if self._settings.grid.functions else "skipped"
            self._lost.append(Undecided(outcome, f"{point.id}: {missing}"))
        except (Outage, DatasetError, TargetFault, JailBroken) as error:
            self._outage = self._outage or error
            self._lost.append(Undecided("error", printable(f"{point.id}: {error}")))
        return search.attempts


def _settings(given: Mapping[str, object]) -> Settings:
    """The settings that options by their names mean. Raises SettingsError."""
    known = [option.name for option in options()]
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; nearest: {near[0]}" if near else ""
            raise SettingsError(f"{name}: there is no option of this name{hint}")
        if name in OF_TESTS:
            raise SettingsError(f"{name}: it is for runs by pytest; leave it out")
    here = Path.cwd()
    return with_every_learner(resolve(given, {}, here, here))


def _isolation(settings: Settings) -> tuple[Jail | None, Isolation]:
    """A jail that runs, and the level that it gives. Raises SettingsError and JailBroken."""
    jail = None if settings.money.dry_run else Jail()
    isolation = jail.start() if jail is not None else detect()
    try:
        need_isolation(isolation, settings.jail)
    except SettingsError:
        if jail is not None:
            jail.stop()
        raise
    return jail, isolation


class _Warnings:
    """Standard error, or nothing where it is closed or full: no warning is worth a run."""

    def write(self, text: str) -> None:
        """Write it, if that is possible."""
        if sys.stderr is not None:  # a service may have none
            with suppress(OSError, ValueError):
                sys.stderr.write(text)

    def flush(self) -> None:
        """Write what is held back, if that is possible."""
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.flush()


@contextmanager
def quiet() -> Iterator[None]:
    """Let warnings alone be seen, on standard error, if nobody has said where events go."""
    if structlog.is_configured():
        yield
        return
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Warnings())),
    )
    try:
        yield
    finally:
        structlog.reset_defaults()
