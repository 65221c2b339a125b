"""Two sides in one matrix: who is A and B, what each came to, and the difference of pairs alone."""

import re
from pathlib import Path
from typing import Any

import pytest

from bench.run.readback import load
from bench.show.compare import compare, sides_of_runs
from bench.show.page import beside, build
from bench.show.page.beside import Beside, TwoSides, beside_runs, beside_series
from bench.show.page.heat import DIFFERENCES, apart
from tests.show.page.reading import Page, opened, page_of
from tests.support.made import PARITY, SHA, changed, failing, search
from tests.support.made import write as write_run


def series(tmp_path: Path, attempts: Any) -> Beside:
    results = load(write_run(tmp_path, attempts))
    found = beside_series(results, results.ids)
    assert found
    return found


def cells(pair: TwoSides) -> dict[str, tuple[str, str, str, str]]:
    """Of each cell its class, the difference and both sides, by its function and length."""
    return {
        f"{name} {length}": (cell.heat, cell.difference, cell.a, cell.b)
        for name, row in pair.rows
        for length, cell in zip(pair.lengths, row, strict=True)
        if cell
    }


def test_a_cell_has_both_sides_and_their_difference(tmp_path: Path) -> None:
    rule: dict[str, Any] = {"outcome": {"recovered": True, "falsify_tried": 9}}
    cut = [
        changed(a, outcome=None, selected=False, test_acc=None)
        for a in search(SHA, 50, solved_at=None, model="m2")
    ]
    (pair,) = series(
        tmp_path,
        search(PARITY, 50, model="m1", **rule)
        + search(PARITY, 50, model="m2", solved_at=None, test_acc=0.55)
        + search(PARITY, 30, model="m1", solved_at=None, test_acc=0.5)
        + search(PARITY, 30, model="m2", solved_at=None, test_acc=0.53)
        + search(PARITY, 20, model="m1")
        + search(PARITY, 20, model="m2", **rule)
        + search(SHA, 50, model="m1")
        + cut
        + search(SHA, 20, model="m2", solved_at=None, test_acc=0.5),
    ).pairs
    assert (pair.a, pair.b) == ("m1", "m2")
    assert cells(pair) == {
        "fn_a parity_all 50": ("a3", "-45.0", "✓ = 100%", "✗ 55.0%"),
        "fn_a parity_all 30": ("b1", "+3.0", "✗ 50.0%", "✗ 53.0%"),
        "fn_a parity_all 20": ("same", "0", "✓ 100%", "✓ = 100%"),
        "fn_l sha256_parity 50": ("none", "A alone", "✓ 100%", "cut short"),
        "fn_l sha256_parity 20": ("none", "B alone", "-", "✗ 50.0%"),
    }
    first, *_, last = [cell for _, row in pair.rows for cell in row if cell]
    assert first.style == "--start: 27.5%; --end: 50.0%"
    assert first.label == (
        "fn_a-parity_all-L50: A recovered, test accuracy 100% (99.96% to 100% with 95 %); "
        "B not solved, test accuracy 55.0% (54.0% to 56.0% with 95 %); "
        "B less A -45.0 points of test accuracy"
    )
    assert "A was not asked" in last.label


def test_trials_are_paired_one_by_one_and_what_one_side_lacks_is_told(tmp_path: Path) -> None:
    attempts = []
    for trial, (one, other) in enumerate(((1.0, 0.5), (0.5, 1.0), (1.0, 0.6)), 1):
        for model, share in (("m1", one), ("m2", other)):
            at = 1 if share == 1 else None
            attempts += search(trial=trial, model=model, solved_at=at, test_acc=share)
    attempts += search(trial=4, model="m1", solved_at=None, test_acc=0.1)
    ((pair,),) = [series(tmp_path, attempts).pairs]
    assert cells(pair) == {"fn_a parity_all 20": ("a2", "-13.3", "2/3 83.3%", "1/3 70.0%")}
    (met,) = pair.meetings
    assert met.cell.label.endswith("mean over 3 trials; 1 trial on one side alone left out")
    assert met.table[1] == ("1", "✓ 100%", "✗ 50.0%", "-50.0", "1", "3", "$0.010", "$0.030")
    assert met.table[4] == ("4", "✗ 10.0%", "-", "", "3", "-", "$0.030", "-")


def test_each_series_is_compared_with_each_and_in_large_runs_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of(*models: str) -> list[Any]:
        return [a for model in models for a in search(model=model)]

    three = series(tmp_path / "3", of("m1", "m2", "m3"))
    assert [(p.a, p.b) for p in three.pairs] == [("m1", "m2"), ("m1", "m3"), ("m2", "m3")]
    six = of(*"abcdef")
    assert len(series(tmp_path / "6", six).pairs) == 15
    monkeypatch.setattr(beside, "_MOST_MET", 14)
    large = series(tmp_path / "large", six)
    assert [(p.a, p.b) for p in large.pairs] == [("a", b) for b in "bcdef"]
    assert large.refused[0].startswith("The run is so large that each of its series is compared ")
    html = build(load(tmp_path / "3"))
    ids = Page(html).values("id")
    assert len(ids) == len(set(ids))
    assert re.findall(r'<a href="#(series\d)">(.*?)</a> <span>(.{12})', html) == [
        ("series1", "m2 against m1", "No evidence "),
        ("series2", "m3 against m1", "No evidence "),
        ("series3", "m3 against m2", "No evidence "),
    ]
    assert html.count('<table class="heat"') == 3
    assert beside_series(load(write_run(tmp_path / "1", search())), {}) is None


def test_a_pair_that_has_nothing_in_common_is_left_out_and_told(tmp_path: Path) -> None:
    found = series(tmp_path, search(model="m1") + search(SHA, model="m2"))
    assert found.pairs == ()
    assert found.refused == ("m2 is not compared with m1: they have no decided point in common.",)


def test_a_run_against_another_one_paired_or_not(tmp_path: Path) -> None:
    a = write_run(tmp_path / "a", search(model="m1") + failing("timeout", target=SHA, model="m1"))
    b = write_run(
        tmp_path / "b", search(run_id="b", model="m2") + search(SHA, run_id="b", model="m2")
    )
    sides = sides_of_runs([load(a), load(b)])
    listed = {p.key: p.key.id() for p in sides[-1].points.values()}
    (pair,) = beside_runs(sides, compare(sides), listed).pairs
    assert cells(pair)["fn_l sha256_parity 20"] == ("b3", "+100.0", "✗ -", "✓ 100%")
    (row,) = [row for row in pair.meetings[1].trials[0].rows if row[0] == "Errors"]
    assert row == ("Errors", "2 timeout", "none")
    unpaired = beside_runs(sides, compare(sides, paired=False), {})
    assert {cell[1] for cell in cells(unpaired.pairs[0]).values()} == {"not paired"}
    html = opened(build(load(b), (sides, compare(sides))))
    # The other run's points are not on this page, and this one's are.
    assert re.findall(r'<th scope="col">[AB] ((?:<a|2026).*?)</th>', html)[:2] == [
        "20260101T000000Z-aaaa",
        '<a href="#fn_a-parity_all-L20">b</a>',
    ]


@pytest.mark.parametrize(
    ("difference", "step"),
    [(None, "none"), (0.0, "same"), (-0.0004, "same"), (0.049, "b1"), (-0.05, "a2"), (1.0, "b3")],
)
def test_a_difference_leans_to_the_better_side(difference: float | None, step: str) -> None:
    assert apart(difference)[0] == step
    assert step in {**dict(DIFFERENCES), "none": ""}


def test_the_page_of_two_models_has_no_dead_link_and_no_markup_of_a_name(tmp_path: Path) -> None:
    names = ("<i>m1", "m2")
    attempts = [a for name in names for n in (20, 50) for a in search(length=n, model=name)]
    page = Page(html := page_of(tmp_path, attempts))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    assert "<i>m1" not in html
