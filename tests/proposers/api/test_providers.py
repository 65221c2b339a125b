"""The recipes of docs/providers.md as they stand, each against a server that insists on its shape.

The server is a proxy on loopback, so that the addresses are the providers' own (but for `https`).
"""

import asyncio
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bench.ledger import preflight
from bench.options.resolve import options, resolve
from bench.options.settings import Settings
from bench.options.urls import DEFAULT_BASE_URL
from bench.proposers import registry_of
from bench.proposers.proposer import Outage
from bench.proposers.registry import make_asker
from bench.record.answer import Answer
from tests.proposers.api.test_failures import REQUEST
from tests.support.providers import shapes
from tests.support.server import GOOD, serve

PAGE = (Path(__file__).parents[3] / "docs" / "providers.md").read_text("utf-8")
KEY = "sk-of-a-provider"
SECTION = re.compile(r"^## (.+?)\n(.+?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
RECIPES = {name: text for name, text in SECTION.findall(PAGE) if "    pytest bench" in text}


def recipe(text: str) -> tuple[Mapping[str, str], Mapping[str, object]]:
    """The variables and the options of a section's command."""
    code = "\n".join(line for line in text.splitlines() if line.startswith("    "))
    exports = dict(re.findall(r"export (\w+)=(\S+)", code))
    variables = {name: KEY if said == "..." else said for name, said in exports.items()}
    words = shlex.split(code.partition("pytest bench ")[2].replace("\\\n", ""))
    given: dict[str, list[str]] = {}
    for flag, value in zip(words[::2], words[1::2], strict=True):
        given.setdefault(flag, []).append(value)
    names = {option.flag: option.name for option in options()}
    return variables, {names[flag]: values for flag, values in given.items()}


async def answered(settings: Settings) -> Answer | Outage:
    asker = make_asker(settings.question, settings.asking)
    (model,), (effort,) = settings.question.model, settings.question.reasoning_effort
    try:
        return await asker.propose(replace(REQUEST, model=model, reasoning_effort=effort))
    except Outage as outage:
        return outage
    finally:
        await asker.aclose()


@pytest.mark.parametrize("provider", RECIPES)
def test_a_recipe_meets_its_provider(
    provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables, given = recipe(RECIPES[provider])
    for name in ("OPENAI_BASE_URL", "OPENAI_CUSTOM_HEADERS", "NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"OPENAI_API_KEY": "sk-of-somebody-else", **variables}.items():
        monkeypatch.setenv(name, value)
    settings = resolve({"max_retries": 0, **given}, {}, tmp_path)
    unpriced = preflight.check(settings, registry_of(settings))
    assert not unpriced or settings.money.max_cost is None
    address = (settings.asking.base_url or DEFAULT_BASE_URL).replace("https://", "http://")
    settings = replace(settings, asking=replace(settings.asking, base_url=address))
    with serve(shapes(KEY)[provider]) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
        found = asyncio.run(answered(settings))
    assert isinstance(found, Answer), str(found)
    assert found.text == GOOD


def test_every_provider_has_a_recipe() -> None:
    assert set(RECIPES) == set(shapes(KEY))
