"""What the page shows of a point that was asked for labels alone."""

from pathlib import Path

from tests.show.page.reading import page_of
from tests.support.made import PARITY, changed, labelled


def test_the_labels_their_number_and_what_was_paid_now_are_told(tmp_path: Path) -> None:
    (attempt,) = labelled(PARITY, test_acc=0.9)
    told = changed(
        attempt,
        text="[0,1,null]",
        no_label=1,
        turns=100,
        cost_usd=0.5,
        paid_usd=0.2,
        error="bad_output",
        error_detail="1 of 100 answers are no label (1 incomplete)",
    )
    html = page_of(tmp_path, [told])
    for words in (
        "asked for labels alone, test accuracy 90.0%",
        "Labels, in the order of their inputs",
        "[0,1,null]",
        "100 answers took, in sum",
        "$0.50, $0.20 of it paid now",
        "1 of 100 answers are no label (1 incomplete)",
    ):
        assert words in html
    assert "Proposal mass" not in html
