"""The benchmark: can the proposer induce the target from its examples?"""

from bench.search.conclusion import Searched
from bench.show.terminal.paragraph import paragraph


def test_synthesis(searched: Searched) -> None:
    """A candidate reached validation accuracy exactly 1.0."""
    val = searched.outcome.val_acc
    assert val == 1.0, paragraph(searched.attempts)
