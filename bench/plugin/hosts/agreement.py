"""Whether another machine has the same dataset as this one."""

from collections.abc import Mapping
from threading import Lock

from bench.options.settings import DataOptions
from bench.question.dataset import beginning, obtain
from bench.question.grid import GridPoint
from bench.question.spec import DatasetError, spec_of
from bench.record.wording import printable
from targets import TargetFault
from targets.raw import RawTableMissing


class SameDatasets:
    """Knows this machine's dataset of each point, which it draws, or reads where it has it.

    Nothing else could be compared with: a point runs on one machine alone. To draw takes a tenth of
    a second or so, and is done once for all points that share a dataset.
    """

    def __init__(self, points: Mapping[str, GridPoint], data: DataOptions) -> None:
        self._points = points
        self._data = data
        self._known: dict[tuple[str, int, int, int], str] = {}
        self._lock = Lock()

    def difference(self, point_id: str, sha256: str, host: str) -> str | None:
        """Why the host's dataset is not that of this machine; None where it is."""
        point = self._points[point_id]
        try:
            own = self._own(point)
        except (DatasetError, RawTableMissing, TargetFault) as error:
            return printable(f"{point_id}: {host}: its dataset cannot be compared: {error}")
        if own == sha256:
            return None
        both = f"SHA-256 {own[:12]} here, {printable(sha256)[:12]} there"
        return (
            f"{point_id}: {host} has another dataset than this machine ({both}): "
            "compare the two folders of datasets, and of raw tables"
        )

    def _own(self, point: GridPoint) -> str:
        which = (point.target.name, point.length, point.trial, point.train_size)
        with self._lock:
            if which not in self._known:
                spec = spec_of(point.target, point.length, point.trial, self._data)
                whole = obtain(spec, self._data.dataset_dir, self._data.raw_dir)
                self._known[which] = beginning(whole, point.train_size).sha256
            return self._known[which]
