"""Whether another machine has the same dataset as this one."""

import json
from collections.abc import Mapping
from threading import Lock

from bench.options.settings import Settings
from bench.question.dataset import beginning, obtain
from bench.question.grid import GridPoint
from bench.question.spec import DatasetError, spec_of
from bench.record.fields import fits
from bench.record.wording import printable
from bench.search.generalization import spec_at
from targets import TargetFault
from targets.raw import RawTableMissing


class SameDatasets:
    """Knows this machine's datasets of each point, which it draws, or reads where it has them.

    Nothing else could be compared with: a point runs on one machine alone. To draw takes a tenth of
    a second or so, and is done once for all points that share a dataset.
    """

    def __init__(self, points: Mapping[str, GridPoint], settings: Settings) -> None:
        self._points = points
        self._data = settings.data
        self._lengths = settings.search.generalize
        self._known: dict[tuple[str, int, int, int], str] = {}
        self._lock = Lock()

    def reply(self, text: str, host: str) -> str:
        """The reply to a host that asks about a dataset: see `difference`; empty where it is one.

        Raises ValueError for what no worker asks.
        """
        try:
            asked = json.loads(text)
        except RecursionError:
            asked = None
        if not isinstance(asked, list) or len(asked) != 3 or not fits(asked[1], int):
            raise ValueError("a question about no dataset")
        point_id, length, sha256 = asked
        if not fits(sha256, str) or not fits(point_id, str) or point_id not in self._points:
            raise ValueError("a question about a point that this run does not have")
        if length not in (self._points[point_id].length, *self._lengths):
            raise ValueError("a question about a length that this run does not have")
        return self.difference(point_id, sha256, host, length) or ""

    def difference(
        self, point_id: str, sha256: str, host: str, length: int | None = None
    ) -> str | None:
        """Why the host's dataset is not that of this machine; None where it is.

        It may be the test set of another length than the point's.
        """
        point = self._points[point_id]
        length = length or point.length
        try:
            own = self._own(point, length)
        except (DatasetError, RawTableMissing, TargetFault) as error:
            return printable(f"{point_id}: {host}: its dataset cannot be compared: {error}")
        if own == sha256:
            return None
        both = f"SHA-256 {own[:12]} here, {printable(sha256)[:12]} there"
        which = "" if length == point.length else f" of length {length} (--generalize)"
        return (
            f"{point_id}: {host} has another dataset{which} than this machine ({both}): "
            "compare the two folders of datasets, and of raw tables"
        )

    def _own(self, point: GridPoint, length: int) -> str:
        spec = spec_of(point.target, point.length, point.trial, self._data)
        if length != point.length:
            spec = spec_at(length, spec)
        train_size = min(point.train_size, spec.train_size)
        which = (point.target.name, length, point.trial, train_size)
        with self._lock:
            if which not in self._known:
                whole = obtain(spec, self._data.dataset_dir, self._data.raw_dir)
                self._known[which] = beginning(whole, train_size).sha256
            return self._known[which]
