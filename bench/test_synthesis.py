"""The benchmark: can the proposer induce the target from its examples?"""

from bench.plugin.fixtures import SearchedPoint
from bench.show.terminal.paragraph import doubt, paragraph


def test_synthesis(searched: SearchedPoint) -> None:
    """A candidate reached validation accuracy exactly 1.0; if needed, it is the rule itself."""
    outcome = searched.outcome
    assert outcome.val_acc == 1.0, paragraph(searched.attempts)
    assert outcome.recovered or not searched.needs_recovery, doubt(outcome)
