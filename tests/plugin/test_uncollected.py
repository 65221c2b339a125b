"""What a worker cannot collect ends the run in the controller, by the same words."""

from types import SimpleNamespace
from typing import Any

import pytest

from bench.plugin.uncollected import Uncollected


def collecting(config: Any, error: Exception) -> None:
    """Let a collection of this process end by an error."""
    hook = Uncollected(config).pytest_collection()
    next(hook)
    with pytest.raises(type(error)):
        hook.throw(error)


def test_the_controller_ends_by_what_ended_a_workers_collection() -> None:
    worker: Any = SimpleNamespace(workeroutput={})
    collecting(worker, pytest.UsageError("not found: a.py", "not found: b\x1b.py"))
    with pytest.raises(pytest.UsageError) as told:
        Uncollected(worker).pytest_testnodedown(worker)
    assert told.value.args == ("not found: a.py", "not found: b\\u001b.py")


def test_other_ends_are_left_to_xdist() -> None:
    worker: Any = SimpleNamespace(workeroutput={})
    collecting(worker, RuntimeError("a fault"))
    alone: Any = SimpleNamespace()
    collecting(alone, pytest.UsageError("told by pytest itself"))
    lost: Any = SimpleNamespace()  # it never said anything
    for node in (worker, lost):
        Uncollected(alone).pytest_testnodedown(node)
    assert worker.workeroutput == {} and vars(alone) == {}
