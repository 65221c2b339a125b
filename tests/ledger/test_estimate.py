"""What a grid can cost, and that nobody spends more than $20 without having said so."""

import math
import re
from pathlib import Path
from typing import Any

import pytest

from bench.ledger.estimate import dry_run_total, refuse_unlimited
from bench.options.resolve import assemble
from bench.options.settings import SettingsError
from bench.proposers import registry_of
from bench.proposers.predictor import task_of
from bench.question.dataset import obtain
from bench.question.grid import points
from bench.question.prompt import BUILT_IN, render
from bench.question.spec import DatasetSpec, spec_of
from bench.search.in_context import InContext, lanes
from targets import TARGETS
from targets.base import Rule
from tests.support.made import search

PRICED: dict[str, Any] = {"model": ("m1",), "price_input": 0.0, "price_output": 10.0}
"""An answer of the default 20,000 tokens costs $0.20."""


def refuse(**options: Any) -> None:
    settings = assemble(**PRICED | options)
    grid = points(settings.grid, settings.question, settings.data, paper_alone=True)[0]
    refuse_unlimited(grid, settings, registry_of(settings))


def test_a_grid_that_can_cost_more_than_20_dollars_needs_a_word_of_the_user() -> None:
    line = (
        "--model m1: up to 300 requests can cost $60.00: "
        "set a limit with --max-cost, or give --yes to go without one"
    )
    with pytest.raises(SettingsError, match=re.escape(line)):
        refuse()
    with pytest.raises(SettingsError, match=r"--model m1,m2: up to 120 requests can cost \$24\.00"):
        refuse(model=("m1", "m2", "enumerator"), attempts=1)
    turns = {"tools": ("python",), "max_tool_calls": 2, "max_output_tokens": 1_000_000}
    with pytest.raises(SettingsError, match=r"up to 3 requests can cost \$30\.00"):
        refuse(functions=("fn_a",), lengths=(20,), attempts=1, **turns)
    with pytest.raises(SettingsError, match=r"can cost \$20\.02"):
        refuse(functions=("fn_a",), lengths=(20,), attempts=1, max_output_tokens=2_002_000)


@pytest.mark.parametrize(
    "options",
    [
        {"max_cost": 100.0},
        {"yes": True},
        {"dry_run": True},
        {"replay": "only"},
        {"model": ("enumerator",)},
        {"functions": ("fn_a",), "lengths": (20,), "attempts": 1, "max_output_tokens": 2_000_000},
        {"price_input": None, "price_output": None},  # nobody knows the price
    ],
)
def test_what_is_allowed_cheap_or_never_asked_needs_none(options: dict[str, Any]) -> None:
    refuse(**options)


def test_the_estimate_is_no_less_than_what_a_dry_run_says(tmp_path: Path) -> None:
    """Its stand-in for the examples is at least as long as the examples of any rule."""
    for target in (target for target in TARGETS if isinstance(target, Rule)):
        length = next(length for length in (24, 25, 20) if not target.length_error(length))
        spec = DatasetSpec(target, length, train_size=20, val_size=2, test_size=2, seed=1, trial=1)
        prompt = render(BUILT_IN, obtain(spec, tmp_path).train, target.kind, length).text
        settings = assemble(
            model=("m1",),
            functions=(target.name,),
            lengths=(length,),
            train_size=(20,),
            attempts=2,
            max_output_tokens=16,
            price_input=1e6,
            price_output=0.0,
        )
        body = {"model": "m1", "input": prompt, "max_output_tokens": 16}
        registry = registry_of(settings)
        grid = points(settings.grid, settings.question, settings.data)[0]
        said = dry_run_total(search(model="m1", request=body)[:1], settings, registry)[-1]
        exact = float(said.rpartition("$")[2].replace(",", ""))
        with pytest.raises(SettingsError) as told:
            refuse_unlimited(grid, settings, registry)
        found = re.search(r"\$([\d,.]+):", str(told.value))
        assert found, told.value
        assert exact <= float(found[1].replace(",", "")) < 3 * exact


@pytest.mark.parametrize("batch", [1, 7])
def test_the_estimate_in_context_is_no_less_than_what_a_dry_run_says(
    tmp_path: Path, batch: int
) -> None:
    for target in (target for target in TARGETS if isinstance(target, Rule)):
        length = next(length for length in (24, 25, 20) if not target.length_error(length))
        settings = assemble(
            model=("icl:m1",),
            functions=(target.name,),
            lengths=(length,),
            train_size=(20,),
            test_size=20,
            icl_batch=batch,
            max_output_tokens=16,
            price_input=1e6,
            price_output=0.0,
        )
        registry = registry_of(settings)
        grid = points(settings.grid, settings.question, settings.data)[0]
        dataset = obtain(spec_of(target, length, 1, settings.data), tmp_path)
        asker = registry.paid_proposers["icl:m1"].make()
        task = task_of(grid[0], dataset.train, settings.data)
        opening = InContext(asker, batch, 100, lanes(1)).opening(task, dataset.test.inputs)
        attempts = search(model="icl:m1", request=dict(opening.body))[:1]
        requests, tokens, cost = dry_run_total(attempts, settings, registry)
        assert requests.endswith(f"up to {math.ceil(20 / batch)} requests")
        assert tokens.endswith("tokens in")
        exact = float(cost.rpartition("$")[2].replace(",", ""))
        with pytest.raises(SettingsError, match=f"up to {math.ceil(20 / batch)} requests") as told:
            refuse_unlimited(grid, settings, registry)
        found = re.search(r"\$([\d,.]+):", str(told.value))
        assert found and exact <= float(found[1].replace(",", "")) < 3 * exact


def test_the_estimate_of_a_dry_run_allows_for_every_tool_call() -> None:
    body = {"model": "m1", "input": "x" * 1000, "max_output_tokens": 100}
    priced: dict[str, Any] = {"price_input": 1e6, "price_output": 0.0, "attempts": 1}
    settings = assemble(**priced, model=("m1",), max_tool_calls=2, tool_output=1000)
    registry = registry_of(settings)
    plain, with_tool = (
        dry_run_total(search(model="m1", request=body, tools=tools)[:1], settings, registry)
        for tools in ([], ["python"])
    )
    once, thrice = (
        float(lines[-1].rpartition("$")[2].replace(",", "")) for lines in (plain, with_tool)
    )
    assert thrice == 3 * once + (1 + 2) * (100 + 4 * 1000 + 512)
    assert with_tool[0].endswith("1 point, up to 3 requests")
    assert with_tool[1].endswith("if every attempt is needed, with 2 tool calls each")


def test_as_much_as_a_dry_run_says_is_enough() -> None:
    settings = assemble(model=("m1",), price_input=0.0, price_output=1_001_000.0, attempts=1)
    body = {"model": "m1", "input": "x", "max_output_tokens": 1}
    asked = search(model="m1", request=body)[:1]
    assert dry_run_total(asked, settings, registry_of(settings))[-1].endswith("at most $1.01")
