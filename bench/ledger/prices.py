"""What an answer cost, and what a request can cost at most; prices come from genai-prices."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bench.options.settings import AskingOptions, MoneyOptions
from bench.proposers.address import base_url_of
from bench.proposers.answer_key import canonical
from bench.proposers.api.body import output_limit
from bench.proposers.api.models import behind
from bench.record import usd
from bench.record.usage import Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice, TieredPrices

TOOL_CALLS = 10
"""Tool calls that the largest cost allows for, where a body sets no `max_tool_calls`."""

BYTES_PER_CHARACTER, FRAME = 4, 512
"""The most that a character of a tool's result takes, and the JSON around a call and its result."""

BYTES_PER_TOKEN = 3
"""Roughly, for the prompts of this benchmark: tokenizers take three digits at a time."""

BATCH_SHARE = Decimal("0.5")
"""What a request costs in a batch, of its price alone: the package's data have no such prices."""

_MANY = 10**6
"""Tokens that rates are given for."""

Price = Callable[[int, int, int], float]
"""From input, cached input and output tokens to US dollars."""


def price_of(
    model: str, asking: AskingOptions, money: MoneyOptions, body: Mapping[str, Any] | None = None
) -> Price | None:
    """The price of this model at this server; None where it is not known.

    With a body, the service tier is the one that it names. With `--batch`, published prices are
    halved, and given ones are taken as they are. Raises SettingsError where the server's address is
    none.
    """
    given = (money.price_input, money.price_cached, money.price_output)
    tier = asking.service_tier if body is None else body.get("service_tier")
    base_url = base_url_of(asking.base_url)
    is_priority = tier == "priority"
    return _price(behind(model, asking.base_model), base_url, is_priority, asking.batch, given)


def cost_of(usage: Usage, price: Price | None) -> float | None:
    """US dollars for what was used, in whole billionths; None where price or usage is unknown.

    Output tokens include those of the reasoning.
    """
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    return usd.total([price(usage.input_tokens, cached, usage.output_tokens)])


def largest_cost(
    body: Mapping[str, Any], price: Price | None, text: str | None = None
) -> float | None:
    """US dollars that a request with this body can cost at most; None without a price or a limit.

    A token is at least one byte, so the body's bytes bound the input. With tools of the server,
    the model reads everything anew after each call: `max_tool_calls` times, or TOOL_CALLS.
    `text` is the canonical body, where it is known.
    """
    output = output_limit(body)
    if price is None or output is None:
        return None
    output *= body.get("n") or 1
    turns = 1 + (body.get("max_tool_calls") or TOOL_CALLS) if _has_hosted_tool(body) else 1
    read = turns * (len(text or canonical(body)) + (output if turns > 1 else 0))
    return _largest(price, read, output)


def largest_conversation(
    body: Mapping[str, Any], price: Price | None, calls: int, output_chars: int
) -> float | None:
    """US dollars that a conversation with this first body can cost; None without price or limit.

    It may have so many calls of the Python tool, and a turn more. Each turn reads what the turns
    before it wrote, and the results of their calls.
    """
    output = output_limit(body)
    if price is None or output is None:
        return None
    grows_by = output + BYTES_PER_CHARACTER * output_chars + FRAME
    first = len(canonical(body))
    reads = (first + turn * grows_by for turn in range(calls + 1))
    return sum(_largest(price, read, output) for read in reads)


def _largest(price: Price, read: int, written: int) -> float:
    return max(price(read, 0, written), price(read, read, written))


def _has_hosted_tool(body: Mapping[str, Any]) -> bool:
    """Whether the server runs a tool; a function's calls come back as an answer."""
    tools = body.get("tools")
    return isinstance(tools, list) and any(
        not isinstance(tool, dict) or tool.get("type") != "function" for tool in tools
    )


def estimated_tokens(body: Mapping[str, Any], calls: int = 0, output_chars: int = 0) -> int:
    """Roughly the input tokens of a request, and of the turns that so many tool calls add."""
    grows_by = output_chars + FRAME
    return sum(len(canonical(body)) + turn * grows_by for turn in range(calls + 1)) // (
        BYTES_PER_TOKEN
    )


@lru_cache
def _price(
    model: str, base_url: str, priority: bool, batch: bool, given: tuple[float | None, ...]
) -> Price | None:
    from genai_prices import Usage as Used
    from genai_prices.types import ModelPrice

    names = ("input_mtok", "cache_read_mtok", "output_mtok")
    # A price for priority processing is not in the package's data.
    published = None if priority else _published(model, base_url)
    rates: dict[str, Decimal | TieredPrices | None] = {
        name: _share(getattr(published, name, None), batch) if own is None else Decimal(str(own))
        for name, own in zip(names, given, strict=True)
    }
    if rates["input_mtok"] is None or rates["output_mtok"] is None:
        return None
    resolved = ModelPrice(**{name: rate for name, rate in rates.items() if rate is not None})

    def exact(read: int, cached: int, written: int) -> Decimal:
        used = Used(input_tokens=read, cache_read_tokens=cached, output_tokens=written)
        return resolved.calc_price(used)["total_price"]

    if not all(isinstance(rate, Decimal | None) for rate in rates.values()):
        return lambda read, cached, written: float(exact(read, cached, written))
    # Rates that are the same for any number of tokens are asked for once: it takes a while.
    of_read, of_cached, of_written = exact(_MANY, 0, 0), exact(_MANY, _MANY, 0), exact(0, 0, _MANY)

    def price(read: int, cached: int, written: int) -> float:
        dollars = of_read * (read - cached) + of_cached * cached + of_written * written
        return float(dollars / _MANY)

    return price


def _share(rate: "Decimal | TieredPrices | None", batch: bool) -> "Decimal | TieredPrices | None":
    """What is asked of this rate."""
    if rate is None or not batch:
        return rate
    if isinstance(rate, Decimal):
        return rate * BATCH_SHARE
    tiers = [replace(tier, price=tier.price * BATCH_SHARE) for tier in rate.tiers]
    return replace(rate, base=rate.base * BATCH_SHARE, tiers=tiers)


def _published(model: str, base_url: str) -> "ModelPrice | None":
    """The rates of the server at this address; by the model's name alone for an unknown server."""
    from genai_prices import Usage as Used
    from genai_prices import calc_price
    from genai_prices.data_snapshot import get_snapshot

    try:
        get_snapshot().find_provider(None, None, base_url)
    except LookupError:
        where = None
    else:
        where = base_url
    try:
        return calc_price(
            Used(input_tokens=0, output_tokens=0), model, provider_api_url=where
        ).model_price
    except LookupError:
        return None
