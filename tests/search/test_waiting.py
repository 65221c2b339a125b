"""Programs that are perfect on validation and then wait for ever: they keep it, and cost little."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench.options.resolve import assemble
from bench.proposers import registry_of
from bench.proposers.proposer import Request
from bench.question.grid import points
from bench.record.answer import Answer
from bench.search.session import Session

WAITS = {
    "lock": "import threading\nheld = threading.Lock()\nheld.acquire()\nwait = held.acquire",
    "sleep": "import select\ndef wait(): select.select([], [], [], 3600)",
    "stop": "import os, signal\ndef wait(): os.kill(os.getpid(), signal.SIGSTOP)",
}

PROGRAM = """
asked = 0
def f(x):
    global asked
    asked += 1
    if asked > 100:
        wait()
    return x.count("1") % 2
"""


class Says:
    """A proposer with one answer."""

    name = "says"
    tools: tuple[str, ...] = ()

    def __init__(self, code: str) -> None:
        self._text = json.dumps({"code": code})

    def body(self, request: Request) -> Mapping[str, Any]:
        return {}

    async def propose(self, request: Request) -> Answer:
        return Answer(text=self._text)

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize("wait", WAITS)
def test_a_program_that_waits_on_the_test_split_keeps_its_validation(
    wait: str, tmp_path: Path
) -> None:
    settings = assemble(
        functions=("fn_a",),
        lengths=(20,),
        model=("m",),
        generalize=(50,),
        test_size=200,
        test_timeout=0.1,
        dataset_dir=tmp_path,
    )
    (point,), _ = points(settings.grid, settings.question, settings.data)
    session = Session(settings, registry_of(settings), "run")
    session._proposers["m"] = Says(WAITS[wait] + PROGRAM)
    begun = session.begin("test", point)
    try:
        searched = session.wait(begun)
    finally:
        session.close()
    ((judged,), (attempt,), outcome) = (begun.attempts, searched.attempts, searched.outcome)
    assert (judged.val_acc, judged.error, judged.selected) == (1.0, None, False)
    assert (attempt.val_acc, attempt.test_acc, attempt.error) == (1.0, None, "timeout")
    assert attempt.judgement.error_detail is not None
    assert "s of wall time" in attempt.judgement.error_detail
    assert (outcome.val_acc, outcome.test_acc, outcome.error) == (1.0, None, "timeout")
    assert [(g.length, g.error) for g in outcome.generalization] == [(50, "timeout")]
