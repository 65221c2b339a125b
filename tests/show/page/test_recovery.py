"""The page's part on the recovery of a rule."""

import re
from pathlib import Path

from bench.record.outcome import Counterexample
from tests.show.page.reading import Page, page_of
from tests.support.made import PARITY, SHA, search

FOUND = {
    "input": "0000000101",
    "label": 0,
    "prediction": 1,
    "source": "boundary",
    "smallest": True,
    "beside": "0000000001",
}
TRIED = {
    "falsify_tried": 1400,
    "agreement": [{"source": "boundary", "tried": 1400, "right": 1399}],
    "other_lengths": [{"length": 9, "size": 40, "accuracy": 0.5, "error": "runtime_error"}],
}


def test_a_counterexample_is_shown_with_the_place_where_it_differs(tmp_path: Path) -> None:
    refuted = TRIED | {"recovered": False, "counterexample": FOUND}
    html = page_of(
        tmp_path,
        search(PARITY, 10, outcome=refuted) + search(SHA, 10, outcome=TRIED | {"recovered": True}),
    )
    assert '<pre tabindex="0">0000000<mark>1</mark>01</pre>' in html
    assert '<pre tabindex="0">0000000<mark>0</mark>01</pre>' in html
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "The program is not the rule. It was tried on 1,400 inputs." in text
    assert "The rule says 0 The program says 1 Found among boundary Simpler ones none" in text
    assert "boundary 1,400 1,399" in text and "9 40 50.0% runtime_error" in text
    assert "The program is the rule on all of 1,400 inputs" in text
    labels = Page(html).values("aria-label")
    assert any("L10: solved, and not the rule, test accuracy" in label for label in labels)
    assert any("L10: recovered, test accuracy" in label for label in labels)
    assert '<span class="mark">✓ =</span>' in html and '<span class="mark">✓</span>' in html
    assert "1 of 2" in text


def test_what_is_not_known_is_said_and_an_older_run_has_no_such_part(tmp_path: Path) -> None:
    failed = {"falsify_error": "timeout: more than 300 s of CPU time"}
    html = page_of(tmp_path / "new", search(outcome=failed))
    assert "Not known whether the program is the rule: timeout: more than 300 s" in html
    assert "Recovery of the rule" not in page_of(tmp_path / "old", search())


def test_an_input_of_a_foreign_line_is_text_and_of_bounded_size(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>" + "x" * 10_000_000
    found = Counterexample(input=hostile, label=0, prediction=None, source="<u>", beside="<i>y")
    plain = {name: getattr(found, name) for name in found.__slots__}
    html = page_of(tmp_path, search(outcome={"recovered": False, "counterexample": plain}))
    assert len(html) < 2_000_000
    assert "<script>alert" not in html
    assert "<u>" not in html and "<i>" not in html
    assert "characters more" in html
