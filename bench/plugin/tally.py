"""What became of each point. Where a point runs again, only its last try counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.plugin.which_point import function_of, point_id
from bench.record.attempt import Attempt
from bench.record.key import PointKey
from bench.record.outcome import Outcome
from bench.record.undecided import Undecided


@dataclass(slots=True)
class Try:
    """One time that a point ran."""

    nodeid: str
    worker: str
    attempts: int = 0
    """How many the search made."""
    outcome: Outcome | None = None
    """That of the search."""
    kinds: tuple[str, ...] = ()
    """Pytest's words for how its phases ended; a setup that passed has none."""
    phases: tuple[str, ...] = ()
    undecided: Undecided | None = None


class Tally:
    """The points of a run by their ids: which were selected, which began, which had a result."""

    def __init__(self, keys: Mapping[str, PointKey]) -> None:
        self.keys = keys
        self.selected: set[str] = set()
        self.started: set[str] = set()
        self.cut_off: dict[str, Undecided] = {}
        """The points that had no result at the end of the run."""
        self._functions: set[str] = set()
        self._tries: dict[str, Try] = {}

    def select(self, nodeids: Iterable[str]) -> None:
        """Note the tests that run at points. What others are called with may look like a point."""
        at_points = {nodeid: point for nodeid in nodeids if (point := self.point_in(nodeid))}
        self._functions |= set(map(function_of, at_points))
        self.selected |= set(at_points.values())

    def point_in(self, nodeid: str) -> str | None:
        """The point that a test's id holds. Plugins that repeat tests add to the id (`-1-2`)."""
        parameters = point_id(nodeid)
        if parameters in self.keys:
            return parameters
        inside = f"-{parameters}-"
        return max((p for p in self.keys if f"-{p}-" in inside), key=len, default=None)

    def point_of(self, nodeid: str) -> str | None:
        """The id of a test's point; None for a test of somebody else's, which has none."""
        return self.point_in(nodeid) if function_of(nodeid) in self._functions else None

    def key_of(self, nodeid: str) -> PointKey | None:
        """The key of a test's point; None for a test of no point."""
        point = self.point_of(nodeid)
        return None if point is None else self.keys[point]

    def begin(self, nodeid: str, worker: str, attempts: Sequence[Attempt]) -> None:
        """Note that a test ran and made these attempts; forget an earlier try of its point."""
        if (point := self.point_of(nodeid)) is None:
            return
        self._tries.pop(point, None)  # so that points are in the order in which they ended
        outcome = attempts[-1].outcome if attempts else None
        self._tries[point] = Try(nodeid, worker, len(attempts), outcome)

    def current(self, nodeid: str, worker: str) -> Try | None:
        """The try that a report belongs to; None where another try of its point began since."""
        found = self.last(nodeid)
        return found if found and found.worker == worker else None

    def last(self, nodeid: str) -> Try | None:
        """The last try of a test; None where its point's last one was another test's."""
        point = self.point_of(nodeid)
        found = None if point is None else self._tries.get(point)
        return found if found and found.nodeid == nodeid else None

    @property
    def unreported(self) -> list[str]:
        """The selected points without a result, those that began first."""
        return sorted(self.selected - self._tries.keys(), key=lambda p: (p not in self.started, p))

    @property
    def undecided(self) -> Mapping[str, Undecided]:
        """By point: how one without an outcome ended, and why."""
        ended = {point: a.undecided for point, a in self._tries.items() if a.undecided}
        return ended | self.cut_off

    @property
    def counts(self) -> Mapping[str, int]:
        """How many points ended in each way."""
        return Counter(kind for a in self._tries.values() for kind in a.kinds)
