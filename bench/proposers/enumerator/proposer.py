"""The embedded proposer: answers a prompt with the k-th program of its search for the k-th attempt."""

import json
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import anyio.to_thread

from bench.proposers.base import Request
from bench.proposers.enumerator.examples import parse
from bench.proposers.enumerator.language import program
from bench.proposers.enumerator.ranking import Ranking
from bench.record.answer import Answer
from bench.record.usage import Usage

HELD = 8
"""Searches kept for their later attempts; one asked for again after that is made again, with the
same result.
"""


class Enumerator:
    """Length-first search over a small language of programs.

    It reads the prompt's text and nothing else.
    """

    name = "enumerator"
    tools: tuple[str, ...] = ()

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._searches: OrderedDict[str, _Held] = OrderedDict()

    def body(self, request: Request) -> Mapping[str, Any]:
        """What it is asked: the prompt."""
        return {"model": self.name, "input": request.prompt}

    async def propose(self, request: Request) -> Answer:
        """The answer to this attempt. The search runs in a thread of its own."""
        held = self._searches.setdefault(request.prompt, _Held(request.prompt, self._seconds))
        self._searches.move_to_end(request.prompt)
        while len(self._searches) > HELD:
            self._searches.popitem(last=False)
        return await anyio.to_thread.run_sync(held.answer, request.attempt)

    async def aclose(self) -> None:
        """Forget the searches."""
        self._searches.clear()


class _Held:
    """The search for one prompt, made when it is first asked; one attempt at a time."""

    def __init__(self, prompt: str, seconds: float) -> None:
        self._prompt = prompt
        self._seconds = seconds
        self._ranking: Ranking | None = None
        self._lock = Lock()

    def answer(self, attempt: int) -> Answer:
        started, start = datetime.now(UTC), time.perf_counter()
        with self._lock:
            self._ranking = self._ranking or Ranking(parse(self._prompt), self._seconds)
            candidate = self._ranking.ranked(attempt)
            usage = Usage(
                candidates_tried=self._ranking.effort.tried,
                description_bits=math.ceil(candidate.bits),
                search_seconds=self._ranking.effort.seconds,
            )
            examples = len(self._ranking.examples.labels)
        note = (
            f"Nothing fits: wrong on {candidate.wrong} of {examples} examples."
            if candidate.wrong
            else ""
        )
        if not examples:
            note = "No examples were found in the prompt."
        return Answer(
            text=json.dumps({"code": program(candidate.program, note)}),
            usage=usage,
            cost_usd=0.0,
            model=Enumerator.name,
            duration_ms=(time.perf_counter() - start) * 1000,
            started_at=started.isoformat(),
        )
