"""The attempts of a run that goes on: all of them, but of a large run without their texts."""

import json
from collections.abc import Collection, Iterable
from itertools import chain
from pathlib import Path

from bench.record.attempt import Attempt, without_texts
from bench.record.codec import from_json
from bench.record.grouping import grouped
from bench.record.key import PointKey

MOST_WHOLE = 10_000
"""Of a run with more attempts the memory holds no prompts, answers and programs."""


class HeldAttempts:
    """The attempts of a run so far, by grid point, in the order in which the points ended."""

    def __init__(self, file: Path) -> None:
        """`file` gets the lines of all attempts, and has their texts where memory has not."""
        self._file = file
        self._points: dict[PointKey, tuple[Attempt, ...]] = {}
        self._whole: set[PointKey] = set()
        """The points whose attempts have their texts."""
        self._count = 0

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts, some perhaps without their texts."""
        return tuple(chain.from_iterable(self._points.values()))

    @property
    def lacking(self) -> frozenset[PointKey]:
        """The points whose attempts are without their texts."""
        return frozenset(self._points.keys() - self._whole)

    @property
    def is_large(self) -> bool:
        """Whether there are so many that their texts are left to the file."""
        return self._count > MOST_WHOLE

    def __contains__(self, key: PointKey) -> bool:
        return key in self._points

    def of(self, key: PointKey) -> tuple[Attempt, ...]:
        """The attempts at a point."""
        return self._points.get(key, ())

    def put(self, key: PointKey, attempts: tuple[Attempt, ...]) -> None:
        """Hold these attempts, with their texts, in the place of earlier ones at the point."""
        self._count += len(attempts) - len(self._points.pop(key, ()))
        self._points[key] = attempts
        self._whole.add(key)

    def lighten(self) -> None:
        """Let go of the texts in a large run. The lines of all attempts have to be written."""
        if self.is_large:
            for key in self._whole:
                self._points[key] = tuple(map(without_texts, self._points[key]))
            self._whole.clear()

    def restore(self) -> None:
        """Have the texts of all attempts again. Raises OSError."""
        whole = restored(self.attempts, self._file, self.lacking)
        self._points = {key: tuple(some) for key, some in grouped(whole, _point).items()}
        self._whole = set(self._points)


def _point(attempt: Attempt) -> PointKey:
    return attempt.point


def restored(
    attempts: Iterable[Attempt], file: Path, lacking: Collection[PointKey]
) -> tuple[Attempt, ...]:
    """The attempts, those of the points that lack their texts as they stand in the run's file.

    Raises OSError.
    """
    if not lacking:
        return tuple(attempts)
    read: dict[tuple[PointKey, int], Attempt] = {}
    with file.open("rb") as lines:
        for attempt in map(from_json, map(json.loads, lines)):
            if attempt.point in lacking:
                read[attempt.point, attempt.attempt] = attempt
    return tuple(read.get((a.point, a.attempt), a) for a in attempts)
