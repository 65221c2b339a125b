"""Runs of different points, such as the shards of one, as the one run that they are together."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from bench.options.resolve import READ_FILES, flag_of, places
from bench.record.fields import fits
from bench.record.key import PointKey, test_ids
from bench.record.undecided import Cause, Undecided
from bench.record.wording import counted
from bench.run.file_names import MANIFEST
from bench.run.files import new_id
from bench.run.manifest import Manifest
from bench.run.points import group
from bench.run.readback import Results, load
from bench.run.totals import totals

_OF_SHARDS = ("shard", "shard_durations")
_OF_VERSIONS = ("project", "git_commit")
Key = TypeVar("Key")

_NO_LINES = "run.json counts them, and the results have no lines of them"
_CUT_SHORT = 2
"""pytest's exit status of a run that did not come to its end."""


class ShardsError(ValueError):
    """One line: which run, why it is not joined with the others, what to do."""


@dataclass(frozen=True)
class Part:
    """One of the runs."""

    folder: Path
    results: Results
    manifest: Manifest


def read_part(path: Path) -> Part:
    """A run by its folder, or by a folder of reports with this run alone or with links to it.

    Raises ShardsError, and ResultsError.
    """
    inside = sorted(path.glob(f"runs/*/{MANIFEST}"))
    if (path / MANIFEST).is_file():
        folder = (path / MANIFEST).resolve().parent
    elif len(inside) == 1:
        folder = inside[0].parent
    elif inside:
        raise ShardsError(f"{path} holds {len(inside)} runs; give one of them, {inside[0].parent}")
    else:
        raise ShardsError(f"{path} is no run's folder: it has no {MANIFEST}")
    results = load(folder)
    if not results.run:
        raise ShardsError(f"{folder}: {MANIFEST} cannot be read, or is of another run")
    return Part(folder, results, results.manifest)


def join(parts: Sequence[Part], *, partial: bool = False) -> tuple[Results, Manifest]:
    """The results and the manifest of the one run; `partial` lets points be missing.

    Raises ShardsError where the parts are not of one run.
    """
    _refuse_others(parts)
    _refuse_doubles(parts)
    missing = _missing(parts)
    if missing and not partial:
        raise ShardsError(f"{_why_missing(parts, missing)}; --partial joins what is there")
    attempts = tuple(a for part in parts for a in part.results.attempts)
    manifest = _manifest([part.manifest for part in parts], missing)
    manifest = replace(manifest, datasets=_datasets(parts), totals=asdict(totals(group(attempts))))
    return Results(parts[0].folder, attempts, asdict(manifest)), manifest


def _refuse_others(parts: Sequence[Part]) -> None:
    """Raise ShardsError where options or versions are not those of the first part."""
    first = parts[0]
    for part in parts[1:]:
        for name, (one, other) in _differences(first.manifest, part.manifest):
            raise ShardsError(
                f"{name} is {one} in {first.folder} and {other} in {part.folder}: "
                "these are no parts of one run"
            )


def _differences(one: Manifest, other: Manifest) -> Iterator[tuple[str, tuple[Any, Any]]]:
    ours, theirs = _asked(one), _asked(other)
    for name in (*ours, *(name for name in theirs if name not in ours)):
        values = ours.get(name), theirs.get(name)
        if values[0] != values[1]:
            yield flag_of(name), values
    for name in _OF_VERSIONS:
        values = one.versions.get(name), other.versions.get(name)
        if values[0] != values[1]:
            yield f"the version ({name})", values
    counts = _shard_count(one), _shard_count(other)
    if counts[0] != counts[1]:
        yield "--shard", (one.options.get("shard"), other.options.get("shard"))


def _asked(manifest: Manifest) -> Mapping[str, Any]:
    """The options that parts of one run have in common."""
    left_out = {*_OF_SHARDS, *places()}
    kept = {name: value for name, value in manifest.options.items() if name not in left_out}
    return kept | {name: _names(kept[name]) for name in READ_FILES if name in kept}


def _names(files: Any) -> Any:
    """The names of files: in another folder the name has to be the same."""
    if isinstance(files, list | tuple):
        return [_names(file) for file in files]
    return Path(files).name if isinstance(files, str) else files


def _shard_count(manifest: Manifest) -> str | None:
    shard = manifest.options.get("shard")
    return shard.partition("/")[2] if isinstance(shard, str) else None


def _refuse_doubles(parts: Sequence[Part]) -> None:
    """Raise ShardsError where a run, a shard or a point is there twice, or data is not the same."""
    runs: dict[str, Path] = {}
    shards: dict[str, Path] = {}
    seen: dict[PointKey, Path] = {}
    keys = (point.key for part in parts for point in part.results.points)
    ids = test_ids(keys, parts[0].manifest.axes)
    for part in parts:
        _note(runs, part.manifest.run_id, f"run {part.manifest.run_id}", part.folder)
        shard = part.manifest.options.get("shard")
        if isinstance(shard, str):
            _note(shards, shard, f"shard {shard}", part.folder)
        for point in part.results.points:
            _note(seen, point.key, ids[point.key], part.folder)


def _note(seen: dict[Key, Path], what: Key, name: str, folder: Path) -> None:
    """Remember in which part something is. Raises ShardsError where it is in another as well."""
    if what in seen:
        raise ShardsError(f"{name} is there twice: in {seen[what]} and in {folder}")
    seen[what] = folder


def _missing(parts: Sequence[Part]) -> tuple[Undecided, ...]:
    """What kept points from being in the parts: see `Undecided`; those that one cut short too."""
    found = [one for part in parts for one in part.manifest.undecided if _is_cut_short(one)]
    for part in parts:
        lines = len(part.results.given_up) + part.results.truncated
        if lines:
            found.append(Undecided("cut off", "a line of their results cannot be read", lines))
        lost = max(_lost(part) - lines, 0)
        if not part.manifest.ended_at:
            found.append(Undecided("cut off", "their run was killed", lost))
        elif lost:
            found.append(Undecided("cut off", _NO_LINES, lost))
    if parts[0].manifest.options.get("shard"):
        of_all = {part.manifest.in_all_shards for part in parts} - {0}
        here = sum(part.manifest.selected for part in parts)
        if len(of_all) > 1:
            raise ShardsError(
                f"the shards divide {' and '.join(map(str, sorted(of_all)))} points: "
                "they are not of one run, or -k and -m differ"
            )
        if not of_all or here < max(of_all):
            lost = max(of_all, default=here) - here
            found.append(Undecided("unasked", "their shard is not here", lost))
    return tuple(found)


def _lost(part: Part) -> int:
    """How many points of a part have no outcome in its lines, and no reason for it in run.json."""
    ended = sum(point.outcome is not None or point.dry for point in part.results.points)
    told = sum(one.points for one in part.manifest.undecided)
    return max(part.manifest.selected - ended - told, 0)


def _is_cut_short(one: Undecided) -> bool:
    return one.cause is Cause.INTERRUPTION


def _why_missing(parts: Sequence[Part], missing: Sequence[Undecided]) -> str:
    """The first reason, with the run that it is of where that helps."""
    killed = [part for part in parts if not part.manifest.ended_at]
    if killed:
        return f"{killed[0].folder} has no end: the run was killed, or goes on"
    for part in parts:
        if part.results.warnings:
            return f"{part.folder}: {part.results.warnings[0].rstrip('.')}"
        for one in filter(_is_cut_short, part.manifest.undecided):
            lost = counted(one.points, "point")
            return f"{part.folder}: {lost} {one.outcome}: {one.reason}"
        if lacking := _lost(part):
            return f"{part.folder}: {counted(lacking, 'point')} cut off: {_NO_LINES}"
    here = [part.manifest.options.get("shard") for part in parts]
    if not missing[0].points:
        return f"{parts[0].folder} does not say how many points the shards have together"
    lost = counted(missing[0].points, "point")
    return f"{lost} missing: there are the shards {', '.join(map(str, here))} alone"


def _manifest(parts: Sequence[Manifest], missing: Sequence[Undecided]) -> Manifest:
    """The manifest of the one run, but for its datasets and totals."""
    first = parts[0]
    ends = [part.ended_at for part in parts]
    statuses = [part.exit_status for part in parts]
    of_all = max(part.in_all_shards for part in parts)
    return replace(
        first,
        run_id=new_id(),
        started_at=min((part.started_at for part in parts if part.started_at), default=None),
        ended_at=None if None in ends else max(filter(None, ends)),
        exit_status=_CUT_SHORT if missing else max(status or 0 for status in statuses),
        options={**first.options, **dict.fromkeys(_OF_SHARDS)},
        defaults_changed=_without_shards(first.defaults_changed),
        platform="; ".join(dict.fromkeys(part.platform for part in parts)),
        isolation="; ".join(dict.fromkeys(part.isolation for part in parts)),
        command=(),
        undecided=_undecided(parts, missing),
        counts=sums(part.counts for part in parts),
        selected=max(of_all, sum(part.selected for part in parts)),
        in_all_shards=0,
        joined=tuple(part.run_id for part in parts),
    )


def sums(counts: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The sums of counts by their names, as of tests that passed. What is no number is left out."""
    added = Counter[str]()
    for some in counts:
        added.update({name: count for name, count in some.items() if fits(count, int)})
    return dict(added)


def _without_shards(changed: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in changed.items() if name not in _OF_SHARDS}


def _undecided(parts: Sequence[Manifest], missing: Sequence[Undecided]) -> tuple[Undecided, ...]:
    """The points without an outcome of all parts, an entry for each reason."""
    others = [one for part in parts for one in part.undecided if not _is_cut_short(one)]
    points = Counter[Undecided]()
    for one in (*others, *missing):
        points[replace(one, points=1)] += one.points
    return tuple(replace(one, points=count) for one, count in points.items() if count)


def _datasets(parts: Sequence[Part]) -> tuple[Mapping[str, Any], ...]:
    """The datasets of all parts. Raises ShardsError where two parts have the same one otherwise."""
    seen: dict[str, tuple[Mapping[str, Any], Path]] = {}
    for part in parts:
        for dataset in part.manifest.datasets:
            which = {name: value for name, value in dataset.items() if name != "sha256"}
            known, where = seen.setdefault(json.dumps(which), (dataset, part.folder))
            if known != dataset:
                name = " ".join(map(str, which.values()))
                raise ShardsError(
                    f"the dataset of {name} is another one in {where} than in {part.folder}: "
                    "delete the wrong one, and run its part again"
                )
    return tuple(sorted((dataset for dataset, _ in seen.values()), key=_dataset_rank))


def _dataset_rank(dataset: Mapping[str, Any]) -> tuple[str, int, int]:
    """What datasets are sorted by, also where a damaged manifest says something else of one."""
    length, trial = dataset.get("length"), dataset.get("trial")
    numbers = [value if isinstance(value, int) else 0 for value in (length, trial)]
    return (str(dataset.get("target")), numbers[0], numbers[1])
