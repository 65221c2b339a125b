"""What a grid can cost at most. A dry run tells it; a run that could cost a lot is refused."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.ledger.prices import estimated_tokens, largest_cost, price_of
from bench.options.settings import ENUMERATOR, UNASKED_USD, Settings, SettingsError
from bench.proposers import make_asker
from bench.proposers.proposer import Proposer, Request
from bench.question.dataset import Split
from bench.question.grid import GridPoint
from bench.question.prompt import render
from bench.record.wording import compact, counted, money


def refuse_unlimited(points: Sequence[GridPoint], settings: Settings) -> None:
    """Raise SettingsError where these points can cost more than UNASKED_USD without leave to.

    Leave is `--max-cost`, or `--yes`.
    """
    paying, attempts = settings.money, settings.search.attempts
    asked = [point for point in points if point.model != ENUMERATOR]
    is_free = not asked or paying.dry_run or paying.replay == "only"
    if is_free or paying.max_cost is not None or paying.yes:
        return
    asker = make_asker(settings.question, settings.asking)
    usd = attempts * sum(_largest_of(point, asker, settings) for point in asked)
    if usd > UNASKED_USD:
        models = ",".join(dict.fromkeys(point.model for point in asked))
        requests = counted(len(asked) * attempts, "request")
        raise SettingsError(
            f"--model {models}: up to {requests} can cost {money(usd)}: "
            "set a limit with --max-cost, or give --yes to go without one"
        )


def _largest_of(point: GridPoint, asker: Proposer, settings: Settings) -> float:
    """US dollars that one request at this point can cost at most; 0 where there is no price.

    The prompt is taken to be as long as one of its kind can be.
    """
    examples = _longest_examples(point, settings.data.train_size)
    prompt = render(point.template, examples, point.target.kind, point.length)
    request = Request(
        point=point.id,
        model=point.model,
        reasoning_effort=point.reasoning_effort,
        prompt=prompt.text,
        trial=point.trial,
        attempt=1,
    )
    body = asker.body(request)
    return largest_cost(body, price_of(point.model, settings.asking, settings.money, body)) or 0.0


def _longest_examples(point: GridPoint, train_size: int) -> Split:
    """Examples no shorter than any real one."""
    longest = "x" * point.target.kind.longest(point.length)
    return Split((longest,) * train_size, (0,) * train_size)


def dry_run_total(attempts: Iterable[Mapping[str, Any]], settings: Settings) -> list[str]:
    """The lines that tell what the whole grid would take, by the first attempt of each point."""
    asked = [
        (a["request"], price_of(a["model"], settings.asking, settings.money, a["request"]))
        for a in attempts
        if a["model"] != ENUMERATOR
    ]
    if not asked:
        return []
    times = settings.search.attempts
    costs = [largest_cost(body, price) for body, price in asked]
    tokens = sum(estimated_tokens(body) for body, _ in asked) * times
    known = [cost for cost in costs if cost is not None]
    line = f"at most {money(sum(known) * times)}" if known else "not known"
    if len(known) < len(costs):
        unknown = counted(len(costs) - len(known), "point")
        line += f", without {unknown} of unknown price: --price-input, --price-output"
    points, requests = counted(len(asked), "point"), counted(len(asked) * times, "request")
    return [
        f"{'Grid':<10} {points}, up to {requests}",
        f"{'Estimate':<10} about {compact(tokens)} tokens in, if every attempt is needed",
        f"{'Cost':<10} {line}",
    ]
