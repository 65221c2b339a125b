"""Shards of a grid: which of several runs, each on a machine of its own, asks a point."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict

from bench.record.key import PointKey


def own_points(
    keys: Collection[PointKey], shard: str, seconds: Mapping[PointKey, float] | None = None
) -> frozenset[PointKey]:
    """The points among these that a shard asks; `shard` is as `--shard` gives it, such as 2/5.

    Each point is in exactly one shard: in the one that its key's hash says, whatever else is in the
    grid; or, where `seconds` says how long points took, so that all shards take about as long.
    """
    number, count = map(int, shard.split("/"))
    if seconds is None:
        return frozenset(key for key in keys if _digest(key) % count == number - 1)
    return frozenset(
        key for key, dealt in _balanced(keys, count, seconds).items() if dealt == number
    )


def _balanced(
    keys: Collection[PointKey], count: int, seconds: Mapping[PointKey, float]
) -> dict[PointKey, int]:
    """The shard of each point: the longest first, each to the shard with the least to do so far."""
    known = [seconds[key] for key in keys if key in seconds]
    # A point that the earlier run did not have counts as one of its points in the mean.
    usual = sum(known) / len(known) if known else 1.0
    takes = {key: seconds.get(key, usual) for key in keys}
    load = [(0.0, 0)] * count  # seconds, and points where all take none
    dealt = {}
    for key in sorted(takes, key=lambda key: (-takes[key], _digest(key))):
        least = min(range(count), key=load.__getitem__)
        load[least] = (load[least][0] + takes[key], load[least][1] + 1)
        dealt[key] = least + 1
    return dealt


def _digest(key: PointKey) -> int:
    """A number that depends on the point alone, the same on every machine."""
    text = json.dumps(asdict(key), sort_keys=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
