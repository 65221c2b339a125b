"""What has to hold before a run begins, whoever begins it: pytest's plugin, or a call of `run`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os.path import realpath
from pathlib import Path
from tempfile import TemporaryFile

from bench.jail import Isolation, JailBroken, keep_private, usual_level
from bench.options.model_names import EVERY_LEARNER
from bench.options.settings import (
    GridOptions,
    JailOptions,
    ResultsOptions,
    Settings,
    SettingsError,
)
from bench.proposers import Registry
from bench.question.grid import GridPoint, points
from bench.record.key import PointKey
from bench.record.whole import need_place
from targets import Target


def need_privacy() -> None:
    """Keep candidates from reading this process. Raises JailBroken where the system refuses."""
    try:
        keep_private()
    except OSError as error:
        raise JailBroken(f"the jail cannot keep this process from candidates: {error}") from None


def need_isolation(isolation: Isolation, options: JailOptions) -> None:
    """Raise SettingsError where this machine isolates candidates less than is required."""
    required = options.require_isolation or usual_level()
    if not isolation.satisfies(required):
        raise SettingsError(
            f"--require-isolation: {required} is required, and this machine gives {isolation}"
        )


def with_every_learner(settings: Settings) -> Settings:
    """The settings with the learners that are there in the place of `learner:all`."""
    if EVERY_LEARNER not in settings.question.model:
        return settings
    from bench.proposers.learners import expanded

    models = expanded(settings.question.model)
    return replace(settings, question=replace(settings.question, model=models))


def laid_out(
    settings: Settings,
    registry: Registry,
    *,
    plugin_targets: Sequence[Target],
    paper_alone: bool,
) -> tuple[tuple[GridPoint, ...], tuple[str, ...]]:
    """The grid, and what there is to say of it (see `points`). Raises SettingsError."""
    if settings.search.require_recovery and not settings.search.falsify:
        raise SettingsError("--require-recovery: nothing is tried with --falsify 0")
    return points(
        settings.grid,
        settings.question,
        settings.data,
        plugin_targets=plugin_targets,
        paper_alone=paper_alone,
        indifferent=registry.indifferent,
    )


def need_apart(settings: Settings, json_report: Path | None) -> None:
    """Raise SettingsError where two options name one file: a ledger would be replaced by lines."""
    results, taken = settings.results, {realpath(settings.ledger_path): "--ledger"}
    named = {
        "--out-jsonl": results.out_jsonl,
        "--out-csv": results.out_csv,
        "--write-baseline": results.write_baseline,
        "--json-report-file": json_report,
    }
    for flag, path in named.items():
        if path is not None and (other := taken.setdefault(realpath(path), flag)) != flag:
            raise SettingsError(f"{flag}: {path} is the file of {other}; give another file")


def need_reachable(options: ResultsOptions, selected: int) -> None:
    """Raise SettingsError where a run of so many points cannot give what is asked of it."""
    least, path = options.min_solved, options.write_baseline
    if least is not None and least > selected:
        raise SettingsError(
            f"--min-solved: {least} is not allowed; give at most {selected}, the number of points"
        )
    if path is None:
        return
    try:
        need_place(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        why = error.strerror or error
        raise SettingsError(
            f"--write-baseline: cannot write {path}: {why}; give another file"
        ) from None


def durations(options: GridOptions, grid: Sequence[GridPoint]) -> Mapping[PointKey, float] | None:
    """The seconds that points took in the run of `--shard-durations`; None without one.

    Raises SettingsError where it cannot be read, or has no point of this grid.
    """
    if options.shard_durations is None:
        return None
    from bench.run.readback import ResultsError, load

    if options.shard is None:
        raise SettingsError("--shard-durations: there is nothing to balance without --shard")
    try:
        earlier = load(options.shard_durations).points
    except ResultsError as error:
        raise SettingsError(f"--shard-durations: {error}") from None
    seconds = {point.key: point.seconds for point in earlier}
    if not any(point.key in seconds for point in grid):
        raise SettingsError(
            f"--shard-durations: {options.shard_durations} has no point of this grid; "
            "leave it out, or give a run of the same targets, lengths and models"
        )
    return seconds


def unpriced(settings: Settings, registry: Registry, *, asks_here: bool = True) -> list[str]:
    """The models without a known price, once their requests and keys have been checked.

    Without `asks_here` other machines ask, and have the keys. Raises SettingsError.
    """
    if not registry.paid:
        return []  # what is imported to ask one takes a moment
    from bench.ledger import preflight

    return preflight.check(settings, registry, asks_here=asks_here)


def need_leave_to_pay(
    selected: Sequence[GridPoint], settings: Settings, registry: Registry
) -> None:
    """Raise SettingsError or LedgerError where answers may cost too much, or have no ledger."""
    if not registry.recorded:
        return
    from bench.ledger import preflight
    from bench.ledger.estimate import refuse_unlimited

    refuse_unlimited(selected, settings, registry)
    preflight.need_ledger(settings, registry)
