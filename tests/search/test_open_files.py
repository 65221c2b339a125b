"""How many searches are in flight where the system limits the files of a process."""

import os
import resource
from collections.abc import Iterator

import pytest

from bench.options.resolve import assemble
from bench.search.open_files import searches_at_once


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize("models", [1, 30])
@pytest.mark.parametrize("processors", [1, 128])
@pytest.mark.parametrize("wanted", [1, 8, 64])
def test_all_are_in_flight_where_the_system_lets_a_process_open_more_files(
    monkeypatch: pytest.MonkeyPatch, wanted: int, processors: int, models: int
) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    names = tuple(f"m{number}" for number in range(models))
    assert searches_at_once(assemble(concurrency=wanted, model=names)) == wanted


@pytest.mark.parametrize(("processors", "at_once"), [(1, 979), (128, 344), (256, 164), (9999, 164)])
def test_further_processors_leave_room_for_a_candidate_of_each_search(
    monkeypatch: pytest.MonkeyPatch, processors: int, at_once: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 1024))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert searches_at_once(assemble(concurrency=2000, model=("m",))) == at_once
