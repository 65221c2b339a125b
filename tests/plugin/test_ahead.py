"""Which tests a process runs next: of a worker, those in the queue that pytest-xdist keeps."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from bench.options.resolve import assemble
from bench.plugin.ahead import Ahead
from bench.plugin.which_point import PARAMETRIZED
from bench.question.grid import points


class Queue:
    """What a worker was given to run, as pytest-xdist keeps it: places, and a mark at the end."""

    def __init__(self, *places: object) -> None:
        self._places = deque(places)

    @contextmanager
    def lock(self) -> Iterator[deque[object]]:
        yield self._places


def ahead(torun: object, *marks: pytest.Mark) -> tuple[Ahead, list[str], list[Any]]:
    """Of a worker with six tests and such a queue; the lines that it said; its tests."""
    settings = assemble(functions=("fn_a",), lengths=(20,), trials=6, concurrency=3)
    said: list[str] = []
    tell = SimpleNamespace(
        call_historic=lambda kwargs: said.append(str(kwargs["warning_message"].message))
    )
    config: Any = SimpleNamespace(
        workerinput={},
        getoption=lambda _name, default: default,
        hook=SimpleNamespace(pytest_warning_recorded=tell),
        pluginmanager=SimpleNamespace(
            get_plugins=lambda: [object(), SimpleNamespace(torun=torun)],
            getplugin=lambda _name: None,
        ),
    )
    found = Ahead(config, settings)
    grid = points(settings.grid, settings.question, settings.data, paper_alone=False)[0]
    items = [Item(point, f"test {n}", marks if n == 3 else ()) for n, point in enumerate(grid)]
    session: Any = SimpleNamespace(items=items)
    found.pytest_collection_finish(session)
    found.pytest_runtestloop()
    return found, said, items


class Item:
    """A test of a point."""

    def __init__(self, point: object, nodeid: str, marks: tuple[pytest.Mark, ...]) -> None:
        self.callspec = SimpleNamespace(params={PARAMETRIZED: point})
        self.nodeid = nodeid
        self._marks = marks

    def iter_markers(self) -> tuple[pytest.Mark, ...]:
        return self._marks


def coming(found: Ahead) -> list[str]:
    return [planned.test for planned in found.coming()]


def test_a_worker_knows_what_is_in_its_queue_but_not_what_may_be_skipped() -> None:
    found, said, items = ahead(Queue(3, 5, "shut down"), pytest.mark.skip().mark)
    assert coming(found) == ["test 5"]  # before its first test it knows of no next one
    found.pytest_runtest_protocol(items[0], items[2])
    assert coming(found) == ["test 2", "test 5"] and not said


def test_a_queue_that_cannot_be_read_is_said_in_one_line() -> None:
    found, said, items = ahead(deque([3, 5]))
    found.pytest_runtest_protocol(items[0], items[2])
    assert coming(found) == ["test 2"]
    assert len(said) == 1 and "two searches in flight at most" in said[0]


@pytest.mark.parametrize(
    ("options", "most"),
    [({}, 10 * 3), ({"maxfail": 1}, 3 - 1), ({"stepwise": True}, 3 - 1)],
)
def test_no_more_begin_ahead_than_are_in_flight_where_a_failure_ends_the_run(
    options: dict[str, object], most: int
) -> None:
    config: Any = SimpleNamespace(getoption=options.get)
    assert Ahead(config, assemble(concurrency=3)).most == most
