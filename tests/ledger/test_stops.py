"""What a run asks no more while it goes on, and what was recorded and is no answer."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.ledger import listing
from bench.ledger.ledgered import Ledgered
from bench.ledger.rows import Paid, put
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.options.settings import AskingOptions, QuestionOptions, Settings
from bench.proposers.address import DEFAULT_HOST
from bench.proposers.answer_key import answer_key, canonical
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Ends, Outage, Request
from bench.proposers.registry import from_server
from bench.record.answer import Answer
from bench.search.session import make_proposer
from tests.support.server import Asked, Reply, Server, error, serve

REQUEST = Request(point="p", model="a", reasoning_effort="high", prompt="say", trial=1, attempt=1)
OTHER_PROMPT = replace(REQUEST, prompt="tell")
OTHER_EFFORT = replace(REQUEST, reasoning_effort="low", prompt="tell")
OTHER_MODEL = replace(REQUEST, model="b", prompt="tell")


class Scripted(Responses):
    """Fails for the first prompt, and answers any other."""

    def __init__(self, settings: Settings, ends: Ends | None) -> None:
        super().__init__(settings.question, settings.asking)
        self.ends, self.asked = ends, 0

    async def propose(self, request: Request) -> Answer:
        self.asked += 1
        if request.prompt == "say":
            raise Outage("HTTP 400: no", self.ends)
        return Answer(text="t")


def ask(
    path: Path, requests: Sequence[Request], ends: Ends | None = None
) -> tuple[list[str | None], int]:
    """Each answer's text or the line of its outage, and how many were asked of the server."""

    async def run() -> tuple[list[str | None], int]:
        settings = assemble(ledger=path)
        scripted = Scripted(settings, ends)
        proposer = Ledgered(scripted, settings, "run")
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
        (
            "effort",
            3,
            "nothing more is asked of a at --reasoning-effort high in this run: HTTP 400: no",
        ),
        ("model", 2, "nothing more is asked of a in this run: HTTP 400: no"),
        ("run", 1, "nothing more is asked in this run: HTTP 400: no"),
    ],
)
def test_a_failure_ends_no_more_than_it_speaks_of(
    tmp_path: Path, ends: Ends, asked: int, line: str | None
) -> None:
    path = tmp_path / "ledger.sqlite"
    requests = (REQUEST, OTHER_PROMPT, OTHER_EFFORT, OTHER_MODEL)
    told, came = ask(path, requests, ends)
    assert told == ["HTTP 400: no", *[line] * (4 - asked), *["t"] * (asked - 1)]
    assert came == asked
    with closing(Ledger(path)) as ledger:
        listed = list(listing.runs(ledger))[1]
    assert line is None or listed.endswith(line)


def test_who_waited_for_a_request_that_ended_a_model_does_not_ask_it_again(tmp_path: Path) -> None:
    async def run() -> tuple[list[Answer | BaseException], int]:
        settings = assemble(ledger=tmp_path / "ledger.sqlite")
        scripted = Scripted(settings, "model")
        proposer = Ledgered(scripted, settings, "run")
        asked = map(proposer.propose, [REQUEST] * 2)
        found = await asyncio.gather(*asked, return_exceptions=True)
        await proposer.aclose()
        return found, scripted.asked

    found, asked = asyncio.run(run())
    stopped = "nothing more is asked of a in this run: HTTP 400: no"
    assert ([str(outage) for outage in found], asked) == (["HTTP 400: no", stopped], 1)


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
def test_a_recorded_failure_of_the_server_is_asked_again(
    tmp_path: Path, recorded: Answer, text: str | None
) -> None:
    path = tmp_path / "ledger.sqlite"
    body = Responses(QuestionOptions(), AskingOptions()).body(OTHER_PROMPT)
    key = answer_key(body, DEFAULT_HOST, OTHER_PROMPT)
    with closing(Ledger(path)) as ledger, ledger.transaction() as db:
        paid = Paid(
            key=key,
            run_id="old",
            host="host",
            request=OTHER_PROMPT,
            body=canonical(body),
            answer=recorded,
        )
        put(db, paid.row)
    told, asked = ask(path, [OTHER_PROMPT, OTHER_PROMPT])
    assert told == [text, text] and asked == (1 if text == "t" else 0)


def served(path: Path, server: Server, requests: list[Request], **more: Any) -> list[str | None]:
    """What a run against this server answers, or the beginning of why it does not."""

    async def run() -> list[str | None]:
        settings = assemble(base_url=server.base_url, ledger=path, max_retries=0, **more)
        proposer = make_proposer(from_server("any", settings), settings, "run")
        told: list[str | None] = []
        for request in requests:
            try:
                answer = await proposer.propose(request)
                told.append(answer.error or answer.text)
            except Outage as outage:
                told.append(str(outage))
        await proposer.aclose()
        return told

    return asyncio.run(run())


WRONG_MODEL = error(404, "The model `a` does not exist", code="model_not_found")
TOO_LONG = error(400, "maximum context length is 9", code="context_length_exceeded")
FILTERED = error(400, "filtered", code="content_filter")
FAILED = Reply(fields={"choices": [{"finish_reason": "error", "message": {"content": ""}}]})


def test_a_grid_goes_on_after_one_models_and_one_prompts_refusal(tmp_path: Path) -> None:
    def reply(asked: Asked) -> Reply:
        if asked.body["model"] == "a":
            return WRONG_MODEL
        return {"long": TOO_LONG, "bad": FILTERED}.get(asked.body["input"], Reply(text="t"))

    b = replace(REQUEST, model="b")
    requests = [REQUEST, OTHER_PROMPT, replace(b, prompt="long"), replace(b, prompt="bad"), b]
    path = tmp_path / "ledger.sqlite"
    with serve(reply) as server:
        wrong, stopped, too_long, filtered, good = served(path, server, requests)
        assert len(server.questions) == 4
        again = served(path, server, requests[3:])
        assert again == [filtered, good] == ["refused", "t"] and len(server.questions) == 4
    assert "does not exist (model_not_found): check the model's name" in str(wrong)
    assert str(stopped).startswith("nothing more is asked of a in this run: HTTP 404")
    assert "the prompt is too long for the model" in str(too_long)


def test_a_servers_failure_is_recorded_nowhere_and_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve([FAILED, Reply(text="t")]) as server:
        failed, good = served(path, server, [REQUEST, REQUEST], api="chat")
        assert len(server.questions) == 2
    assert "the server broke the answer off" in str(failed) and good == "t"
