"""What a grid can cost at most. A dry run tells it; a run that could cost a lot is refused."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.ledger.prices import (
    Price,
    estimated_tokens,
    largest_conversation,
    largest_cost,
    price_of,
)
from bench.options.settings import PYTHON, UNASKED_USD, Settings, SettingsError
from bench.proposers import Registry
from bench.proposers.proposer import Proposer
from bench.proposers.request import first_request
from bench.question.dataset import Split
from bench.question.grid import GridPoint
from bench.question.prompt import render
from bench.record.wording import compact, counted, money


def refuse_unlimited(points: Sequence[GridPoint], settings: Settings, registry: Registry) -> None:
    """Raise SettingsError where these points can cost more than UNASKED_USD without leave to.

    Leave is `--max-cost`, or `--yes`.
    """
    paying, attempts = settings.money, settings.search.attempts
    asked = [point for point in points if point.model in registry.paid_proposers]
    is_free = not asked or paying.dry_run or paying.replay == "only"
    if is_free or paying.max_cost is not None or paying.yes:
        return
    askers = {model: one.make() for model, one in registry.paid_proposers.items()}
    usd = attempts * sum(_largest_of(point, askers[point.model], settings) for point in asked)
    if usd > UNASKED_USD:
        models = ",".join(dict.fromkeys(point.model for point in asked))
        turns = sum(1 + _calls(point.tools, settings) for point in asked)
        requests = counted(turns * attempts, "request")
        raise SettingsError(
            f"--model {models}: up to {requests} can cost {money(usd)}: "
            "set a limit with --max-cost, or give --yes to go without one"
        )


def _largest_of(point: GridPoint, asker: Proposer, settings: Settings) -> float:
    """US dollars that one attempt at this point can cost at most; 0 where there is no price.

    The prompt is taken to be as long as one of its kind can be.
    """
    examples = _longest_examples(point, point.train_size)
    prompt = render(point.template, examples, point.target.kind, point.length)
    body = asker.body(first_request(point, prompt.text, settings))
    price = price_of(point.model, settings.asking, settings.money, body)
    return _largest_attempt(body, price, _calls(point.tools, settings), settings) or 0.0


def _calls(tools: str, settings: Settings) -> int:
    """How many calls of the Python tool an attempt may make: as many turns are added."""
    return settings.question.max_tool_calls if tools == PYTHON else 0


def _largest_attempt(
    body: Mapping[str, Any], price: Price | None, calls: int, settings: Settings
) -> float | None:
    """US dollars that an attempt with this first body can cost at most; None where not known."""
    if not calls:
        return largest_cost(body, price)
    return largest_conversation(body, price, calls, settings.question.tool_output)


def _longest_examples(point: GridPoint, train_size: int) -> Split:
    """Examples no shorter than any real one."""
    longest = "x" * point.target.kind.longest(point.length)
    return Split((longest,) * train_size, (0,) * train_size)


def dry_run_total(
    attempts: Iterable[Mapping[str, Any]], settings: Settings, registry: Registry
) -> list[str]:
    """The lines that tell what the whole grid would take, by the first attempt of each point."""
    asked = [a for a in attempts if a["model"] in registry.paid_proposers]
    if not asked:
        return []
    times, output_chars = settings.search.attempts, settings.question.tool_output
    costs, tokens, turns = [], 0, 0
    for a in asked:
        body, calls = a["request"], _calls(";".join(a.get("tools", ())), settings)
        price = price_of(a["model"], settings.asking, settings.money, body)
        costs.append(_largest_attempt(body, price, calls, settings))
        tokens += estimated_tokens(body, calls, output_chars) * times
        turns += (1 + calls) * times
    known = [cost for cost in costs if cost is not None]
    line = f"at most {money(sum(known) * times)}" if known else "not known"
    if len(known) < len(costs):
        unknown = counted(len(costs) - len(known), "point")
        line += f", without {unknown} of unknown price: --price-input, --price-output"
    points, requests = counted(len(asked), "point"), counted(turns, "request")
    most = f", with {settings.question.max_tool_calls} tool calls each"
    needed = "if every attempt is needed" + (most if turns > len(asked) * times else "")
    return [
        f"{'Grid':<10} {points}, up to {requests}",
        f"{'Estimate':<10} about {compact(tokens)} tokens in, {needed}",
        f"{'Cost':<10} {line}",
    ]
