"""Proposers of a plugin's own class: what they give is held to what a proposer promises."""

import math
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.proposers import Registration, registry_of
from bench.proposers.foreign import source_of
from bench.proposers.proposer import Outage, Request
from bench.record.answer import Answer
from bench.record.usage import Usage
from bench.record.usd import total
from tests.proposers.test_function import ask, of


def test_a_registration_that_makes_no_proposer_is_refused(tmp_path: Path) -> None:
    made: Any = object
    given = Registration(make=made, answers="computed")
    registry = registry_of(of(tmp_path), [source_of(lambda *_: given, "mine")])
    registration = registry["m"]
    assert isinstance(registration, Registration)
    with pytest.raises(Outage, match="the plugin mine: make gave object, which has no 'na"):
        registration.make()
    given = Registration(make=lambda: sys.exit(3), answers="computed")
    registration = registry_of(of(tmp_path), [source_of(lambda *_: given, "mine")])["m"]
    assert isinstance(registration, Registration)
    with pytest.raises(Outage, match="the plugin mine: make: SystemExit: 3"):
        registration.make()


class Mine:
    """A proposer of a plugin, but for what a test has it do."""

    name = "mine"

    def __init__(self, **does: Any) -> None:
        for name, value in does.items():
            setattr(self, name, value)

    def body(self, request: Request) -> Any:
        return {"input": request.prompt}

    async def propose(self, request: Request) -> Any:
        return Answer(text="t")

    async def aclose(self) -> None:
        pass


async def seven(_request: Request) -> Any:
    return 7


def odd(**fields: Any) -> Any:
    async def propose(_request: Request) -> Any:
        return Answer(**{"text": "t", "cost_usd": 0.5, **fields})

    return propose


ODD: tuple[dict[str, Any], ...] = (
    {"cost_usd": "free"},
    {"cost_usd": math.nan},
    {"cost_usd": -0.5},
    {"usage": None},
    {"usage": {"input_tokens": 7}},
    {"usage": Usage(input_tokens=-7)},
    {"duration_ms": "long", "response_id": 7, "calls": ("x",)},
)


@pytest.mark.parametrize("fields", ODD)
def test_what_does_not_fit_an_answer_costs_neither_it_nor_the_run(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    given: Any = Registration(make=lambda: Mine(propose=odd(**fields)), answers="recorded")
    (answer,) = ask(of(tmp_path), given)
    cost = None if "cost_usd" in fields else 0.5
    assert answer == Answer(text="t", cost_usd=cost)
    assert total([answer.paid_now]) == (cost or 0)


def broken(*_: Any) -> Any:
    raise ValueError("no\nidea")


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ({"body": broken}, "ValueError: no idea"),
        ({"body": lambda _: "text"}, "body gave str, and no mapping"),
        (
            {"body": lambda _: {"at": object()}},
            "TypeError: Object of type object is not JSON ser.*",
        ),
        ({"propose": broken}, "ValueError: no idea"),
        ({"propose": seven}, "propose gave int, and no Answer with a text"),
        (
            {"propose": odd(error="timeout")},
            "propose gave an Answer whose error is 'timeout': give None .*",
        ),
        ({"aclose": broken}, "ValueError: no idea"),
    ],
)
def test_what_a_proposer_of_a_plugin_gets_wrong_names_the_plugin(
    tmp_path: Path, does: dict[str, Any], says: str
) -> None:
    given: Any = Registration(make=lambda: Mine(**does), answers="recorded")
    with pytest.raises(Outage, match=f"^the plugin mine: {says}$"):
        ask(of(tmp_path), given)
    given = Registration(make=Mine, answers="computed")
    assert ask(of(tmp_path), given)[0].text == "t"
