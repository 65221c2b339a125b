"""Shards: every point is in exactly one, whichever way they are dealt."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.question.shard import own_points
from bench.record.key import PointKey
from tests.support.made import LENGTHS, NAMES

GRID = tuple(
    PointKey(fn, target, length, trial, model, "high", "built-in", "none", 100)
    for fn, target in NAMES
    for length in LENGTHS
    for trial in (1, 2)
    for model in ("gpt-5", "模型")
)
SOME_POINTS = st.lists(st.sampled_from(GRID), unique=True)
COUNTS = st.integers(1, 12)
SECONDS = st.dictionaries(st.sampled_from(GRID), st.floats(0, 1e6))


def shards(
    keys: list[PointKey], count: int, seconds: dict[PointKey, float] | None
) -> list[frozenset[PointKey]]:
    return [own_points(keys, f"{number}/{count}", seconds) for number in range(1, count + 1)]


@settings(max_examples=50)
@given(SOME_POINTS, COUNTS, SECONDS | st.none())
def test_each_point_is_in_exactly_one_shard(
    keys: list[PointKey], count: int, seconds: dict[PointKey, float] | None
) -> None:
    dealt = shards(keys, count, seconds)
    assert sorted(key for shard in dealt for key in shard) == sorted(keys)


@settings(max_examples=50)
@given(SOME_POINTS, COUNTS)
def test_by_hash_a_points_shard_depends_on_nothing_else(keys: list[PointKey], count: int) -> None:
    for some, whole in zip(shards(keys, count, None), shards(list(GRID), count, None), strict=True):
        assert some == whole.intersection(keys)


@settings(max_examples=50)
@given(SOME_POINTS, COUNTS, SECONDS)
def test_by_durations_no_shard_has_more_than_the_shortest_and_one_point(
    keys: list[PointKey], count: int, seconds: dict[PointKey, float]
) -> None:
    known = {key: seconds[key] for key in keys if key in seconds}
    dealt = shards(list(known), count, known)
    load = [sum(known[key] for key in shard) for shard in dealt]
    assert max(load) <= min(load) + max(known.values(), default=0) + 1e-3
    assert dealt == shards(list(reversed(known)), count, known)  # in whatever order they come


def test_points_that_took_no_time_are_dealt_by_their_number() -> None:
    dealt = shards(list(GRID), 7, dict.fromkeys(GRID, 0.0))
    sizes = sorted(map(len, dealt))
    assert sizes[-1] - sizes[0] <= 1


def test_the_shards_by_hash_are_the_same_for_ever() -> None:
    """A ledger that is kept for each shard would else be of no use to the next version."""
    numbered = [number for number in (1, 2, 3) if GRID[0] in own_points(GRID, f"{number}/3")]
    sizes = [len(own_points(GRID, f"{number}/3")) for number in (1, 2, 3)]
    assert (numbered, sizes) == ([2], [85, 79, 76])
