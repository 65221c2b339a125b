"""What is found out about a selected program: which batches of inputs it is asked."""

from collections.abc import Sequence
from threading import Event
from types import SimpleNamespace
from typing import Any

import anyio
import anyio.to_thread
import pytest

from bench.jail import RAISED, Isolation, Verdict
from bench.question.dataset import Split
from bench.record.errors import Error
from bench.search import conclusion
from bench.search.case import Case, accuracy
from bench.search.conclusion import _falsification, _verdicts
from bench.search.falsification import Falsification, Suspect

TEST = Split(("00", "01", "10"), (0, 1, 1))
TRAIN = Split(("11", "000"), (0, 0))
LIMITS = {"eval_timeout": 10.0, "test_timeout": 300.0}


class Asked:
    """A case whose program has these codes by input, and is stopped by some batches."""

    def __init__(self, codes: dict[str, int], stopped: Sequence[tuple[str, ...]] = ()) -> None:
        self.batches: list[tuple[tuple[str, ...], float]] = []
        self._codes = codes
        self._stopped = stopped
        search = SimpleNamespace(falsify=1)
        self.settings = SimpleNamespace(jail=SimpleNamespace(**LIMITS), search=search)
        self.dataset = SimpleNamespace(train=TRAIN, spec=None)

    async def evaluate(self, code: str, inputs: tuple[str, ...], seconds: float) -> Verdict:
        self.batches.append((inputs, seconds))
        is_stopped = inputs in self._stopped
        return Verdict(
            predictions=None if is_stopped else bytes(self._codes[x] for x in inputs),
            error=Error.TIMEOUT if is_stopped else None,
            detail=None,
            cpu_ms=1,
            wall_ms=1,
            peak_kib=1,
            isolation=Isolation("strong"),
        )


def verdicts(asked: Any) -> tuple[Verdict, Verdict]:
    case: Case = asked
    return anyio.run(_verdicts, case, "def f(x): ...", TEST)


def test_both_splits_are_one_batch_and_each_has_its_own_codes() -> None:
    asked = Asked({"00": 0, "01": 1, "10": RAISED, "11": 1, "000": 0})
    on_test, on_train = verdicts(asked)
    assert asked.batches == [((*TEST.inputs, *TRAIN.inputs), LIMITS["eval_timeout"])]
    assert (on_test.predictions, on_train.predictions) == (bytes([0, 1, RAISED]), bytes([1, 0]))
    assert (accuracy(on_test, TEST.labels), accuracy(on_train, TRAIN.labels)) == (2 / 3, 1 / 2)


@pytest.mark.parametrize("stops_on_test", [False, True])
def test_a_program_that_is_stopped_on_both_is_run_on_each_within_its_own_limits(
    stops_on_test: bool,
) -> None:
    both = (*TEST.inputs, *TRAIN.inputs)
    stopped = [both, TEST.inputs] if stops_on_test else [both]
    asked = Asked({"00": 0, "01": 1, "10": 1, "11": 0, "000": 0}, stopped)
    on_test, on_train = verdicts(asked)
    assert asked.batches[1:] == [
        (TEST.inputs, LIMITS["test_timeout"]),
        (TRAIN.inputs, LIMITS["eval_timeout"]),
    ]
    assert on_test.error == (Error.TIMEOUT if stops_on_test else None)
    assert accuracy(on_test, TEST.labels) == (None if stops_on_test else 1.0)
    assert accuracy(on_train, TRAIN.labels) == 1.0


def test_nothing_more_is_evaluated_for_a_search_that_is_stopped_while_it_computes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computes, is_stopped = Event(), Event()

    def falsification(suspect: Suspect, _count: int) -> Falsification:
        computes.set()
        is_stopped.wait(60)
        suspect.evaluate(TEST.inputs, 1.0)
        return Falsification()

    async def stopped(case: Any, solved: Any, verdict: Any) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_falsification, case, solved, "def f(x): ...", TEST, verdict)
            await anyio.to_thread.run_sync(computes.wait, 60)
            tasks.cancel_scope.cancel()
            is_stopped.set()

    monkeypatch.setattr(conclusion, "falsification", falsification)
    asked, solved = Asked(dict.fromkeys(TEST.inputs, 1)), SimpleNamespace(val_acc=1.0)
    anyio.run(stopped, asked, solved, SimpleNamespace(predictions=b""))
    assert not asked.batches
