"""What a grid can cost at most. A dry run tells it; a run that could cost a lot is refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.ledger.prices import (
    estimated_tokens,
    largest_conversation,
    largest_cost,
    price_of,
)
from bench.options.model_names import asked_name, is_in_context
from bench.options.settings import UNASKED_USD, Settings, SettingsError
from bench.proposers import Registry
from bench.proposers.predictor import task_of
from bench.proposers.proposer import Proposer
from bench.proposers.request import first_request, label_request, label_requests
from bench.question.dataset import Split
from bench.question.grid import GridPoint
from bench.question.label_prompt import preamble
from bench.question.prompt import about, render
from bench.record.attempt import Attempt
from bench.record.tools import PYTHON
from bench.record.wording import compact, counted, largest_money, money


def refuse_unlimited(points: Sequence[GridPoint], settings: Settings, registry: Registry) -> None:
    """Raise SettingsError where these points can cost more than UNASKED_USD without leave to.

    Leave is `--max-cost`, or `--yes`.
    """
    paying, paid = settings.money, registry.paid_proposers
    asked = [point for point in points if point.model in paid]
    if not asked or not paying.lets_ask or paying.max_cost is not None or paying.yes:
        return
    askers = {model: one.make() for model, one in paid.items()}
    # Nothing of this depends on the trial.
    kinds = [replace(point, trial=1, id="") for point in asked]
    most_of = {kind: _most_of(kind, askers[kind.model], settings) for kind in dict.fromkeys(kinds)}
    most = [most_of[kind] for kind in kinds]
    usd = sum(one.usd or 0.0 for one in most)
    if usd > UNASKED_USD:
        models = ",".join(dict.fromkeys(point.model for point in asked))
        requests = counted(sum(one.requests for one in most), "request")
        raise SettingsError(
            f"--model {models}: up to {requests} can cost {money(usd)}: "
            "set a limit with --max-cost, or give --yes to go without one"
        )


@dataclass(frozen=True, slots=True)
class _Most:
    """What a grid point takes at most."""

    searches: bool
    """Whether the requests are attempts at a program, of which the first may be the last."""
    requests: int
    calls: int
    """Of the Python tool, in one attempt."""
    tokens: int
    """Input tokens, roughly."""
    usd: float | None
    """None where no price is known."""


def _most(body: Mapping[str, Any], model: str, tools: str, settings: Settings) -> _Most:
    """What a point takes none of whose first requests is longer than this body."""
    question, searches = settings.question, not is_in_context(model)
    calls = question.max_tool_calls if tools == PYTHON else 0
    times = settings.search.attempts if searches else label_requests(settings)
    price = price_of(asked_name(model), settings.asking, settings.money, body)
    if calls:
        usd = largest_conversation(body, price, calls, question.tool_output)
    else:
        usd = largest_cost(body, price)
    return _Most(
        searches=searches,
        requests=(1 + calls) * times,
        calls=calls,
        tokens=estimated_tokens(body, calls, question.tool_output) * times,
        usd=None if usd is None else usd * times,
    )


def _most_of(point: GridPoint, asker: Proposer, settings: Settings) -> _Most:
    """What a point takes, with a prompt that is as long as one of its kind can be."""
    longest = "x" * point.target.kind.longest(point.length)
    examples = Split((longest,) * point.train_size, (0,) * point.train_size)
    if is_in_context(point.model):
        task = task_of(point, examples, settings.data)
        inputs = [longest] * settings.question.icl_batch
        request = label_request(task, preamble(examples, task.described), inputs)
    else:
        of_table = about(point.target, settings.data)
        prompt = render(point.template, examples, point.target.kind, point.length, of_table)
        request = first_request(point, prompt.text, settings)
    return _most(asker.body(request), point.model, point.tools, settings)


def dry_run_total(attempts: Iterable[Attempt], settings: Settings, registry: Registry) -> list[str]:
    """The lines that tell what the whole grid would take, by the first attempt of each point."""
    paid = registry.paid_proposers
    asked = [a for a in attempts if a.model in paid]
    if not asked:
        return []
    most = [_most(a.request or {}, a.model, a.point.tools, settings) for a in asked]
    known = [one.usd for one in most if one.usd is not None]
    line = f"at most {largest_money(sum(known))}" if known else "not known"
    if unknown := len(most) - len(known):
        line += f", without {counted(unknown, 'point')} of unknown price" if known else ""
        line += ": give --price-input and --price-output"
    points = counted(len(asked), "point")
    requests = counted(sum(one.requests for one in most), "request")
    tokens = compact(sum(one.tokens for one in most))
    needed = ", if every attempt is needed" if any(one.searches for one in most) else ""
    if any(one.calls for one in most):
        needed += f", with {settings.question.max_tool_calls} tool calls each"
    return [
        f"{'Grid':<10} {points}, up to {requests}",
        f"{'Estimate':<10} about {tokens} tokens in{needed}",
        f"{'Cost':<10} {line}",
    ]
