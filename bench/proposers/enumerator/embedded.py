"""The embedded proposer: the k-th attempt gets the k-th program of its search as the answer."""

import json
import math
import os
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

import anyio
import anyio.to_thread

from bench.proposers.clock import Clock
from bench.proposers.enumerator.examples import parse
from bench.proposers.enumerator.language import program
from bench.proposers.enumerator.ranking import Ranking
from bench.proposers.proposer import Request
from bench.record.answer import Answer
from bench.record.usage import Usage

HELD = 8
"""Prompts whose rankings are kept for later attempts, beside those of the searches in flight; one
asked for again after that is ranked again, with the same result.
"""


class Enumerator:
    """Searches a small language of programs, the shortest first. It sees only the prompt's text."""

    name = "enumerator"

    def __init__(self, seconds: float, concurrency: int = 1) -> None:
        self._seconds = seconds
        self._held = HELD + concurrency
        # More would only wait for one another.
        self._processors = anyio.CapacityLimiter(os.cpu_count() or 1)
        self._searches: OrderedDict[str, _Held] = OrderedDict()

    def body(self, request: Request) -> Mapping[str, Any]:
        """The prompt, in the form of a request's body."""
        return {"model": self.name, "input": request.prompt}

    async def propose(self, request: Request) -> Answer:
        """The answer to this attempt. The search runs in a thread of its own."""
        held = self._searches.setdefault(request.prompt, _Held(request.prompt, self._seconds))
        self._searches.move_to_end(request.prompt)
        while len(self._searches) > self._held:
            self._searches.popitem(last=False)
        return await anyio.to_thread.run_sync(
            held.answer, request.attempt, limiter=self._processors
        )

    async def aclose(self) -> None:
        """Forget the searches."""
        self._searches.clear()


class _Held:
    """The search for one prompt. It starts at the first attempt, and gives one at a time."""

    def __init__(self, prompt: str, seconds: float) -> None:
        self._prompt = prompt
        self._seconds = seconds
        self._ranking: Ranking | None = None
        self._lock = Lock()

    def answer(self, attempt: int) -> Answer:
        clock = Clock()
        with self._lock:
            self._ranking = self._ranking or Ranking(parse(self._prompt), self._seconds)
            contender = self._ranking.ranked(attempt)
            usage = Usage(
                candidates_tried=self._ranking.effort.tried,
                description_bits=math.ceil(contender.bits),
                search_seconds=self._ranking.effort.seconds,
            )
            examples = len(self._ranking.examples.labels)
        note = ""
        if contender.wrong:
            note = f"Nothing fits: wrong on {contender.wrong} of {examples} examples."
        if not examples:
            note = "No examples were found in the prompt."
        return Answer(
            text=json.dumps({"code": program(contender.program, note)}),
            usage=usage,
            cost_usd=0.0,
            model=Enumerator.name,
            duration_ms=clock.ms,
            started_at=clock.started_at,
        )
