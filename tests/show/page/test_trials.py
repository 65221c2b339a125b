"""Trials on the page: one cell, one row and one section for all trials of a question."""

import re
import sys
from dataclasses import replace
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bench.record.attempt import without_texts
from bench.run.readback import Results, load
from bench.show.page import listed, write
from bench.show.page.heat import SCALE, heat
from bench.show.page.trials import QuestionView, question_views
from bench.show.page.view import point_views
from bench.show.terminal.summary import summarise
from tests.show.page.reading import Page, opened, packed_page_of, page_of
from tests.support.made import PARITY, SHA, changed, failing, labelled, search
from tests.support.made import write as write_run


def questions(tmp_path: Path, attempts: Any) -> list[QuestionView]:
    results = load(write_run(tmp_path, attempts))
    asked = listed.questions(results)
    return question_views(results, asked, point_views(results, listed.chosen(asked)))


def trials(*accuracies: float, solved: int, target: tuple[str, str] = PARITY) -> list[Any]:
    """A trial for each of these test accuracies, the first ones of them solved."""
    made = []
    for trial, accuracy in enumerate(accuracies, 1):
        at = 1 if trial <= solved else None
        made += search(target, trial=trial, solved_at=at, test_acc=accuracy)
    return made


def test_a_cell_says_how_many_trials_are_solved_and_their_mean(tmp_path: Path) -> None:
    (one,) = questions(tmp_path, trials(1.0, 1.0, 0.5, solved=2))
    assert (one.said, one.heat) == ("2/3, 83.3%", "h3")
    assert one.label.startswith("fn_a-parity_all-L20: 2 of 3 solved, test accuracy 83.3% (")
    assert one.label.endswith(" with 95 %, mean over 3 trials); chance 50.0%; best shortcut 57.0%")
    assert [p.id for p in one.points] == [f"fn_a-parity_all-L20{t}" for t in ("", "-t2", "-t3")]
    assert one.style.startswith("--at: 83.3%; --low: 11.6%; --high: 100.0%; --chance: 50.0%; ")


def test_what_a_trial_lacks_is_told_and_counts_as_in_every_mean(tmp_path: Path) -> None:
    cut = [changed(a, outcome=None, selected=False, test_acc=None) for a in search(trial=3)]
    lost = failing("timeout", trial=2)
    (some,) = questions(tmp_path / "some", [*search(), *lost, *cut])
    assert some.said == "1/2, 50.0%"
    assert "1 not decided" in some.label
    assert "mean over 2 trials, 1 of them without a program as 0" in some.label
    (none,) = questions(tmp_path / "none", [*lost, *cut])
    assert (none.said, none.heat, none.style) == ("0/1", "none", "")
    (undecided,) = questions(tmp_path / "cut", [*cut, *(changed(a, trial=2) for a in cut)])
    assert undecided.said == "not decided"


def test_labels_alone_are_no_unsolved_trials(tmp_path: Path) -> None:
    asked = [a for trial in (1, 2) for a in labelled(PARITY, test_acc=0.9, trial=trial)]
    (one,) = questions(tmp_path, asked)
    assert one.said == "90.0%"
    assert "2 asked for labels alone" in one.label


def test_a_program_that_raised_everywhere_is_told_from_one_that_says_the_opposite(
    tmp_path: Path,
) -> None:
    everywhere: dict[str, Any] = {"val_acc": 0.0, "error": "runtime_error"}
    raised = search(solved_at=None, outcome={"test_no_label": 10_000}, **everywhere)
    opposite = search(SHA, solved_at=None, val_acc=0.0)
    one, other = questions(tmp_path / "single", raised + opposite)
    assert (one.mark, one.said, one.heat) == ("✗", "runtime_error, 0%", "raised")
    assert (other.said, other.heat) == ("0%", "low")
    # Some inputs alone, or a line of an earlier version, which does not say on how many.
    for found in ({"test_no_label": 9_999}, {}):
        some = search(SHA, solved_at=None, outcome=found, **everywhere)
        (one,) = questions(tmp_path / f"{len(found)}", some)
        assert (one.said, one.heat) == ("runtime_error, 0%", "low")
        assert "right on no input" in one.label
    again = [changed(a, trial=2) for a in raised]
    (both,) = questions(tmp_path / "both", raised + again)
    assert (both.said, both.heat) == ("0/2, 0%", "raised")


@pytest.mark.parametrize(
    ("accuracy", "step"),
    [(None, "none"), (0.0, "low"), (0.449, "low"), (0.5, "h0"), (0.95, "h4"), (1.0, "h5")],
)
def test_below_chance_has_a_colour_of_its_own(accuracy: float | None, step: str) -> None:
    assert heat(accuracy) == step
    assert step in dict(SCALE)


def test_of_very_many_points_a_page_lists_some_and_says_how_to_see_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "MOST", 8)
    monkeypatch.setattr(listed, "ROWS", 2)
    many = trials(*[1.0] * 9, 0.5, solved=9) + search(SHA) + search(SHA, 50)
    packed = packed_page_of(tmp_path, many)
    page = Page(opened(packed))
    points = [a["id"] for t, a in page.elements if t == "details" and a.get("class") == "point"]
    assert [name for name in points if "parity_all" in str(name)] == [
        "fn_a-parity_all-L20",
        "fn_a-parity_all-L20-t10",
    ]
    assert "4 of 12 points are listed here" in packed and "8 points are left out" in packed
    assert f"<code>python -m bench.report {tmp_path} --point ID</code>" in packed
    assert ">9/10, 95.0%</a>" in packed and "10 trials</span>" in packed
    links = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert links <= set(page.values("id"))
    whole = load(tmp_path)
    without = tuple(map(without_texts, whole.attempts))
    ended = replace(whole, attempts=without, lacking=frozenset(p.key for p in whole.points))
    assert write(ended).read_text() == packed
    assert "Every point: scores" not in packed and "Every point: scores" in opened(packed)


def test_of_very_many_points_of_two_series_the_same_trials_are_listed_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "MOST", 4)
    many = [
        a
        for model, unsolved in (("m1", 5), ("m2", 4))
        for trial in range(1, 7)
        for a in search(model=model, trial=trial, solved_at=None if trial == unsolved else 1)
    ]
    packed = packed_page_of(tmp_path, many)
    html = opened(packed)
    points = [
        a["id"] for t, a in Page(html).elements if t == "details" and a.get("class") == "point"
    ]
    shown = ("t4-m1", "t5-m1", "t4-m2", "t5-m2")
    assert points == [f"fn_a-parity_all-L20-{name}" for name in shown]
    assert "4 of 6 trials are not among the points that this page lists" in html
    assert html.count("Both searches of fn_a-parity_all-L20, trial") == 2 * 2
    assert ">5/6 92.5%</span>" in html  # the figures are those of all
    # Of a run that just ended the texts of these alone are read.
    whole = load(tmp_path)
    without = tuple(map(without_texts, whole.attempts))
    ended = replace(whole, attempts=without, lacking=frozenset(p.key for p in whole.points))
    read: list[int] = []
    usual = Results.with_texts

    def counting(results: Results, of: Any = None) -> Results:
        read.append(len(of))
        return usual(results, of)

    monkeypatch.setattr(Results, "with_texts", counting)
    assert write(ended).read_text() == packed and read == [4]


def test_63_trials_are_one_cell_one_row_and_one_section(tmp_path: Path) -> None:
    many = trials(*[1.0] * 41, *[0.5] * 22, solved=41)
    html = page_of(tmp_path, many + search(SHA))
    assert re.findall(r'<a class="h\d"[^>]*>(.*?)</a>', html) == [
        "41/63, 82.5%",
        '<span class="mark">✓</span> 100%',
    ]
    page = Page(html)
    sections = [a for tag, a in page.elements if tag == "details" and a.get("class") == "trials"]
    assert [a["id"] for a in sections] == ["fn_a-parity_all-L20~trials"]
    assert sum(a.get("class") == "point" for tag, a in page.elements if tag == "details") == 64
    assert page.values("href").count("#fn_a-parity_all-L20~trials") == 2


def test_a_run_of_one_model_that_solves_all_at_once_ends_without_numpy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To import it takes longer than all else that comes after the tests."""
    heavy = ("numpy", "scipy")
    loaded = [name for name in sys.modules if name.partition(".")[0] in heavy]
    for name in (*heavy, "scipy.special", *loaded):
        monkeypatch.setitem(sys.modules, name, None)
    found = [{"length": 20, "size": 100, "accuracy": 0.9}]
    attempts = [
        one
        for target, length, trial in product((PARITY, SHA), (50, 100), (1, 2, 3))
        for one in search(
            target,
            length,
            trial=trial,
            solved_at=1,
            outcome={"generalization": found},
        )
    ]
    results = load(write_run(tmp_path, attempts))
    assert "Proposal mass" in page_of(tmp_path / "page", attempts)
    assert any("12 of 12" in line for line in summarise(results.attempts, results.manifest))
    with pytest.raises(ImportError):
        import_module("numpy")
