"""What an answer cost, held against prices worked out by hand."""

import pytest

from bench.ledger.prices import cost_of, estimated_tokens, largest_cost, price_of
from bench.proposers.answer_key import canonical
from bench.record.usage import Usage
from tests.support.options import priced

OWN = priced(price_input=1.0, price_cached=0.1, price_output=10.0)


def usage(read: int, cached: int | None, written: int, thought: int | None = None) -> Usage:
    return Usage(
        input_tokens=read, cached_tokens=cached, output_tokens=written, reasoning_tokens=thought
    )


@pytest.mark.parametrize(
    ("model", "used", "dollars"),
    [
        ("gpt-5", usage(1_000_000, 0, 1_000_000), 1.25 + 10),
        (
            "gpt-5-2025-08-07",
            usage(1_000_000, 400_000, 100_000, 90_000),
            0.6 * 1.25 + 0.4 * 0.125 + 1,
        ),
        ("gpt-5-mini", usage(2000, None, 500), (2000 * 0.25 + 500 * 2) / 1e6),
        ("o3", usage(1000, 1000, 0), 1000 * 0.5 / 1e6),
    ],
)
def test_published_prices(model: str, used: Usage, dollars: float) -> None:
    # Reasoning tokens are among the output tokens, and not billed twice.
    assert cost_of(used, price_of(model, *priced())) == pytest.approx(dollars, rel=1e-12)


def test_own_prices_stand_above_published_ones() -> None:
    assert cost_of(
        usage(1_000_000, 500_000, 1_000_000), price_of("no-such", *OWN)
    ) == pytest.approx(0.5 + 0.05 + 10)
    dearer = price_of("gpt-5", *priced(price_output=20.0))
    assert cost_of(usage(1_000_000, 1_000_000, 1_000_000), dearer) == pytest.approx(0.125 + 20)
    assert (
        cost_of(usage(10, 10, 10), price_of("no-such", *priced(price_input=0, price_output=0))) == 0
    )


def test_a_batch_is_half_of_what_is_published_and_all_of_what_is_given() -> None:
    whole = usage(1_000_000, 400_000, 100_000)
    halved, mixed = priced(batch=True), priced(batch=True, price_output=20.0)
    read = 0.6 * 1.25 + 0.4 * 0.125
    assert cost_of(whole, price_of("gpt-5", *halved)) == pytest.approx((read + 1) / 2)
    assert cost_of(whole, price_of("gpt-5", *mixed)) == pytest.approx(read / 2 + 2)
    long = usage(300_000, 0, 0)  # dearer beyond 200,000 tokens
    tiered = priced(base_url="http://10.0.0.1/v1", batch=True)
    assert cost_of(long, price_of("gemini-2.5-pro", *tiered)) == pytest.approx(0.3 * 1.25)


def test_what_is_not_known_has_no_cost() -> None:
    assert price_of("no-such", *priced()) is None
    assert price_of("no-such", *priced(price_input=1.0)) is None
    assert price_of("gpt-5", *priced(service_tier="priority")) is None
    assert price_of("gpt-5", *priced(), {"service_tier": "priority"}) is None
    assert cost_of(Usage(), price_of("gpt-5", *priced())) is None
    assert cost_of(usage(1, 0, 1), None) is None


def test_a_server_of_nobody_known_is_priced_by_the_models_name() -> None:
    assert (
        cost_of(usage(0, 0, 1_000_000), price_of("gpt-5", *priced(base_url="http://10.0.0.1/v1")))
        == 10
    )
    assert price_of("gpt-5", *priced(base_url="https://openrouter.ai/api/v1")) is None


def test_the_server_in_the_environment_is_the_same_for_prices_as_for_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", " https://openrouter.ai/api/v1\n")
    assert price_of("gpt-5", *priced()) is None


@pytest.mark.parametrize("limit", ["max_output_tokens", "max_completion_tokens", "max_tokens"])
def test_the_largest_cost_counts_a_token_a_byte(limit: str) -> None:
    body = {"model": "m", "input": "0110" * 100, limit: 2000}
    size = len(canonical(body))
    assert largest_cost(body, price_of("m", *OWN)) == pytest.approx((size * 1 + 2000 * 10) / 1e6)
    assert 400 / 4 < estimated_tokens(body) < size
    assert largest_cost({"input": "no limit"}, price_of("m", *OWN)) is None
    assert largest_cost(body, None) is None


def test_the_largest_cost_with_tools_reads_everything_anew_at_each_call() -> None:
    body = {"tools": [{"type": "code_interpreter"}], "max_output_tokens": 100, "max_tool_calls": 3}
    read = 4 * (len(canonical(body)) + 100)
    assert largest_cost(body, price_of("m", *OWN)) == pytest.approx((read * 1 + 100 * 10) / 1e6)
