"""The benchmark: can the proposer induce the target from its examples?"""

from bench.record.attempt import Outcome
from bench.search.loop import paragraph


def test_synthesis(outcome: Outcome) -> None:
    """A candidate reached validation accuracy exactly 1.0."""
    val = outcome.val_acc
    assert val == 1.0, paragraph(outcome)
