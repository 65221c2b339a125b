"""A run with several train sizes: what is compared, and what is drawn against examples."""

import re
from pathlib import Path

import pytest

from bench.run.readback import load
from bench.show.compare import CompareError, compare, sides_of_axis, sides_of_runs
from bench.show.compare.__main__ import main
from bench.show.page import build
from bench.show.page.charts import learning_charts
from tests.support.made import NAMES, changed, labelled, search, write


def test_train_sizes_are_paired_though_their_datasets_differ_in_the_examples(
    tmp_path: Path,
) -> None:
    attempts = []
    for size in (20, 100):
        for target in NAMES:
            attempts += search(target, train_size=size, solved_at=1 if size > 20 else None)
    attempts = [changed(a, dataset_sha256=f"{a.dataset_sha256}{a.train_size}") for a in attempts]
    run = load(write(tmp_path / "run", attempts, {"options": {"train_size": [100, 20]}}))
    sides = sides_of_axis(run, "train_size")
    assert [side.name for side in sides] == ["100", "20"]
    (c,) = compare(sides)
    assert (c.verdict, c.paired, len(c.matched.pairs)) == ("worse", True, 12)
    assert main([str(tmp_path / "run"), "--by", "train_size"]) == 0
    few, many = (
        load(write(tmp_path / str(size), [a for a in attempts if a.train_size == size]))
        for size in (20, 100)
    )
    assert compare(sides_of_runs([few, few]))
    others = [changed(a, run_id="other") for a in many.attempts]
    with pytest.raises(CompareError, match="has different datasets"):
        compare(sides_of_runs([few, load(write(tmp_path / "others", others))]))


def test_the_page_draws_each_method_against_the_number_of_examples(tmp_path: Path) -> None:
    attempts = []
    for size in (100, 20):
        for target in NAMES[:3]:
            attempts += search(target, train_size=size, solved_at=1 if size > 20 else None)
            attempts += search(target, train_size=size, solved_at=None, model="weak")
    results = load(write(tmp_path, attempts))
    solved, accuracy, *families = learning_charts(results)
    assert [chart.title for chart in (solved, accuracy, *families)] == [
        "points solved",
        "test accuracy",
        "test accuracy: parity",
        "test accuracy: pattern",
    ]
    assert "enumerator, examples 20: 0% (0% to 70.8%)" in solved.said
    assert "enumerator, examples 100: 100%" in solved.said
    assert "weak, examples 100: 55.0%" in accuracy.said
    assert [entry.name for entry in solved.legend] == ["enumerator", "weak"]
    scales = {(chart.plot.x, chart.plot.y) for chart in (solved, accuracy, *families)}
    assert len(scales) == 1
    page = build(results)
    assert page.count('aria-label="test accuracy: pattern: ') == 1
    names = re.findall(r"<li><svg[^>]*><path[^>]*></svg>(.*?)</li>", page)
    assert names[:2] == ["enumerator · 20 examples", "enumerator · 100 examples"]


def test_without_the_axis_nothing_is_drawn_against_examples(tmp_path: Path) -> None:
    assert learning_charts(load(write(tmp_path, search()))) == []


def test_what_was_asked_for_labels_alone_has_accuracy_and_no_rate_of_solved_points(
    tmp_path: Path,
) -> None:
    attempts = []
    for size in (20, 100):
        attempts += labelled(NAMES[0], test_acc=0.6, model="icl:m", train_size=size)
    alone = learning_charts(load(write(tmp_path / "alone", attempts)))
    assert [chart.title for chart in alone] == ["test accuracy", "test accuracy: parity"]
    attempts += search(NAMES[0], train_size=20) + search(NAMES[0], train_size=100)
    solved, accuracy, _ = learning_charts(load(write(tmp_path / "both", attempts)))
    assert "icl:m" not in solved.said and "icl:m, examples 20: 60.0%" in accuracy.said
