"""What kept a point from being decided, by what a manifest says of it."""

import pytest

from bench.record.undecided import Cause, Undecided, budget_line


@pytest.mark.parametrize(
    ("outcome", "reason", "cause"),
    [
        ("error", "the server is down", Cause.OUTAGE),
        ("error", "budget: is a word of the server's", Cause.OUTAGE),
        ("skipped", budget_line("--max-cost $1: $1 spent"), Cause.BUDGET),
        ("cut off", "under way when the run ended", Cause.INTERRUPTION),
        ("unasked", "the run ended before", Cause.INTERRUPTION),
        ("skipped", "raw table htru2 is not there", Cause.LEFT_OUT),
        ("skipped", "budgets of tables are not there", Cause.LEFT_OUT),
    ],
)
def test_the_cause_is_read_from_what_became_of_it(outcome: str, reason: str, cause: Cause) -> None:
    assert Undecided(outcome, reason).cause is cause
