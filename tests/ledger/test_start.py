"""What is found before a run: points that would ask the same, and requests of any cost."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.ledger import preflight
from bench.ledger.prices import price_of
from bench.options.resolve import assemble
from bench.options.settings import SettingsError
from bench.proposers import registry_of
from tests.support.options import priced


def check(tmp_path: Path, fields: dict[str, Any] | None = None, **settings: Any) -> list[str]:
    if fields is not None:
        settings["request_json"] = tmp_path / "more.json"
        settings["request_json"].write_text(json.dumps(fields))
    settings.setdefault("model", ("gpt-5",))
    resolved = assemble(ledger=tmp_path / "ledger.sqlite", **settings)
    return preflight.check(resolved, registry_of(resolved))


TWO_EFFORTS = ("low", "high")
HIGH = {"reasoning": {"effort": "high"}}


@pytest.mark.parametrize(
    ("fields", "settings"),
    [
        (None, {"model": ("gpt-5", "gpt-4o")}),
        (None, {"model": ("gpt-4.1",), "api": "chat"}),
        (None, {"model": ("deployed",), "base_model": ("gpt-4o",)}),
        (HIGH, {}),
        ({"reasoning": None}, {}),
        (None, {"omit": ("reasoning",)}),
    ],
)
def test_efforts_that_ask_the_same_are_refused(
    tmp_path: Path, fields: dict[str, Any] | None, settings: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError, match="--reasoning-effort: low and high are not allowed"):
        check(tmp_path, fields, reasoning_effort=TWO_EFFORTS, **settings)
    check(tmp_path, fields, reasoning_effort=("low",), **settings)


def test_the_model_that_is_asked_in_context_is_the_one_behind_the_name(tmp_path: Path) -> None:
    in_context: dict[str, Any] = {"model": ("icl:deployed",), "max_cost": 1.0}
    assert check(tmp_path, base_model=("deployed=gpt-5",), **in_context) == []
    with pytest.raises(SettingsError, match=r"^--max-cost: no price is known for icl:deployed;"):
        check(tmp_path, **in_context)
    with pytest.raises(SettingsError, match="low and high are not allowed for icl:gpt-4o"):
        check(tmp_path, model=("icl:gpt-4o",), reasoning_effort=TWO_EFFORTS)


def test_efforts_that_ask_different_things_are_taken(tmp_path: Path) -> None:
    check(tmp_path, {"top_p": 1}, model=("gpt-5", "m1"), reasoning_effort=("none", *TWO_EFFORTS))


@pytest.mark.parametrize(
    ("api", "fields"),
    [
        ("responses", {"max_output_tokens": None}),
        ("responses", {"max_output_tokens": "20000"}),
        ("responses", {"max_output_tokens": True}),
        ("responses", {"max_output_tokens": -20000}),
        ("chat", {"max_completion_tokens": None, "max_tokens": None}),
    ],
)
def test_a_budget_needs_a_bound_on_the_output(
    tmp_path: Path, api: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError, match="--max-cost: nothing limits the output tokens"):
        check(tmp_path, fields, api=api, max_cost=1.0)
    check(tmp_path, fields, api=api)
    omitted = ("max_output_tokens",) if api == "responses" else tuple(fields)
    with pytest.raises(SettingsError, match="--max-cost: nothing limits the output tokens"):
        check(tmp_path, api=api, max_cost=1.0, omit=omitted)
    check(tmp_path, {"top_p": 1}, api=api, max_cost=1.0)


def test_a_deployment_has_the_price_of_its_model(tmp_path: Path) -> None:
    deployed: dict[str, Any] = {"model": ("eastus-1",), "base_model": ("eastus-1=gpt-5-mini",)}
    assert check(tmp_path, max_cost=1.0, **deployed) == []
    price = price_of("eastus-1", *priced(base_model=("gpt-5-mini",)))
    assert price is not None and price(1000, 0, 500) == pytest.approx((1000 * 0.25 + 500 * 2) / 1e6)
    with pytest.raises(SettingsError, match="no price is known for eastus-1"):
        check(tmp_path, model=("eastus-1",), max_cost=1.0)


def test_a_header_can_stand_in_the_place_of_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("A_KEY", raising=False)
    assert check(tmp_path, header=("API-Key=of somebody",)) == []
    for option in ("header", "query"):
        missing = f"^--{option}: api-key=env:A_KEY: A_KEY is not set in the environment"
        given: dict[str, Any] = {"header": ("api-key=7",)} | {option: ("api-key=env:A_KEY",)}
        with pytest.raises(SettingsError, match=missing):
            check(tmp_path, **given)
        assert check(tmp_path, dry_run=True, **given) == []


@pytest.mark.parametrize(
    "without", [{"dry_run": True}, {"replay": "only"}, {"model": ("enumerator",)}]
)
def test_only_what_asks_a_model_needs_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: dict[str, Any]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert check(tmp_path, **without) == []
    with pytest.raises(SettingsError, match="--model gpt-5,m1: no API key: set OPENAI_API_KEY"):
        check(tmp_path, model=("gpt-5", "m1"))
