"""What a process holds while it runs tests: its searches can be stopped at any moment."""

from concurrent.futures import CancelledError
from pathlib import Path
from threading import Event

import pytest

from bench.options.resolve import assemble
from bench.proposers import registry_of
from bench.question.dataset import Dataset, obtain
from bench.question.grid import points
from bench.question.spec import DatasetSpec
from bench.search import session as module
from bench.search.flight import Planned
from bench.search.session import Session


def test_no_dataset_is_built_for_a_search_that_is_stopped_before_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[int] = []
    has_begun, go_on = Event(), Event()

    def slowly(spec: DatasetSpec, root: Path, raw_dir: Path) -> Dataset:
        began.append(spec.trial)
        has_begun.set()
        go_on.wait(60)
        return obtain(spec, root, raw_dir)

    monkeypatch.setattr(module, "obtain", slowly)
    options = {"functions": ("fn_a",), "lengths": (20,), "trials": 2, "concurrency": 2}
    settings = assemble(**options, test_size=20, dataset_dir=tmp_path)
    grid, _ = points(settings.grid, settings.question, settings.data)
    session = Session(settings, registry_of(settings), "run")
    try:
        begun = session.begin_all(Planned(point.id, point) for point in grid)
        assert has_begun.wait(60)
        session.stop()
        for search in begun:  # neither waits for the thread
            with pytest.raises(CancelledError):
                search.ended.result(60)
    finally:
        go_on.set()
        session.close()
    assert began == [1] and len(list(tmp_path.glob("*/*/*/meta.json"))) == 1
