"""`--shard`: the points of other shards are deselected, once `-k` and `-m` have had their say."""

from collections.abc import Mapping
from typing import Any

import pytest

from bench.plugin.stash import IN_ALL_SHARDS
from bench.plugin.which_point import point_of
from bench.question.shard import own_points
from bench.record.key import PointKey

_SENT = "llmpv_in_all_shards"
"""Under this name a worker, which alone collects tests, tells the controller how many there are."""


class Sharding:
    """The hooks of a run that is one shard of several."""

    def __init__(self, shard: str, seconds: Mapping[PointKey, float] | None) -> None:
        self._shard = shard
        self._seconds = seconds

    def pytest_report_header(self) -> str:
        """Say which shard runs."""
        way = "by hash" if self._seconds is None else "by the durations of an earlier run"
        return f"shard: {self._shard}, {way}"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Deselect the points of other shards. The order of the others stays."""
        points = {item: point for item in items if (point := point_of(item)) is not None}
        keys = {point.key for point in points.values()}
        config.stash[IN_ALL_SHARDS] = len(keys)
        if hasattr(config, "workeroutput"):
            config.workeroutput[_SENT] = len(keys)
        own = own_points(keys, self._shard, self._seconds)
        others = [item for item, point in points.items() if point.key not in own]
        if others:
            left_out = set(others)
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=others)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker tells as it ends; one that was killed tells nothing."""
        sent = getattr(node, "workeroutput", None) or {}
        if _SENT in sent:
            node.config.stash[IN_ALL_SHARDS] = sent[_SENT]
