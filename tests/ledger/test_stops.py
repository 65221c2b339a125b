"""What a run asks no more while it goes on, and what was recorded and is no answer."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.ledger import show
from bench.ledger.answers import Ledgered
from bench.ledger.store import Ledger, put
from bench.proposers.base import Answer, Ends, Outage, Request
from bench.proposers.key import answer_key
from bench.proposers.responses import Responses
from bench.settings import Settings

REQUEST = Request(point="p", model="a", reasoning_effort="high", prompt="say", trial=1, attempt=1)
OTHER_PROMPT = replace(REQUEST, prompt="tell")
OTHER_EFFORT = replace(REQUEST, reasoning_effort="low", prompt="tell")
OTHER_MODEL = replace(REQUEST, model="b", prompt="tell")


class Scripted(Responses):
    """Fails for the first prompt, and answers any other."""

    def __init__(self, settings: Settings, ends: Ends | None) -> None:
        super().__init__(settings)
        self.ends, self.asked = ends, 0

    async def propose(self, request: Request) -> Answer:
        self.asked += 1
        if request.prompt == "say":
            raise Outage("HTTP 400: no", self.ends)
        return Answer(text="t")


def ask(path: Path, requests: Sequence[Request], ends: Ends | None = None) -> tuple[list[str | None], int]:
    """Each answer's text or the line of its outage, and how many were asked of the server."""

    async def run() -> tuple[list[str | None], int]:
        settings = Settings(ledger=path)
        scripted = Scripted(settings, ends)
        proposer = Ledgered(scripted, settings, "host", "run")
        told: list[str | None] = []
        for request in requests:
            try:
                told.append((await proposer.propose(request)).text)
            except Outage as outage:
                told.append(str(outage))
        await proposer.aclose()
        return told, scripted.asked

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("ends", "asked", "line"),
    [
        (None, 4, None),
        ("point", 4, None),
        ("effort", 3, "nothing more is asked of a at --reasoning-effort high in this run: HTTP 400: no"),
        ("model", 2, "nothing more is asked of a in this run: HTTP 400: no"),
        ("run", 1, "nothing more is asked in this run: HTTP 400: no"),
    ],
)
def test_a_failure_ends_no_more_than_it_speaks_of(tmp_path: Path, ends: Ends, asked: int, line: str | None) -> None:
    path = tmp_path / "ledger.sqlite"
    requests = (REQUEST, OTHER_PROMPT, OTHER_EFFORT, OTHER_MODEL)
    told, came = ask(path, requests, ends)
    assert told == ["HTTP 400: no", *[line] * (4 - asked), *["t"] * (asked - 1)]
    assert came == asked
    with closing(Ledger(path)) as ledger:
        listed = list(show.runs(ledger))[1]
    assert line is None or listed.endswith(line)


def test_what_speaks_of_one_prompt_is_no_sign_of_a_server_that_is_down(tmp_path: Path) -> None:
    told, asked = ask(tmp_path / "ledger.sqlite", [REQUEST] * 15 + [OTHER_PROMPT], "point")
    assert told[-1] == "t" and asked == 16


@pytest.mark.parametrize(
    ("recorded", "text"),
    [
        (Answer(text=None), "t"),  # as a finish_reason "error" was recorded
        (Answer(text=""), "t"),
        (Answer(text="", ended="stop"), ""),
        (Answer(text=None, error="incomplete"), None),
        (Answer(text="prose"), "prose"),
    ],
)
def test_a_recorded_failure_of_the_server_is_asked_again(tmp_path: Path, recorded: Answer, text: str | None) -> None:
    path = tmp_path / "ledger.sqlite"
    body = Responses(Settings()).body(OTHER_PROMPT)
    key = answer_key(body, "host", OTHER_PROMPT)
    with closing(Ledger(path)) as ledger, ledger.transaction() as db:
        put(db, key, run_id="old", host="host", request=OTHER_PROMPT, body=body, answer=recorded)
    told, asked = ask(path, [OTHER_PROMPT, OTHER_PROMPT])
    assert told == [text, text] and asked == (1 if text == "t" else 0)
