"""The summary of many points: a matrix, and not all of what there is to say of each."""

import re

import pytest

from bench.record.undecided import Undecided
from bench.run.manifest import Manifest, read
from bench.run.points import group
from bench.show.terminal.matrix import LARGE, matrix
from bench.show.terminal.summary import summarise
from bench.show.terminal.unsolved import unsolved
from tests.support.made import PARITY, SHA, changed, failing, labelled, manifest, search

FOUND = {"label": 1, "prediction": 0, "source": "constant"}


def test_a_large_run_is_a_matrix_with_a_line_for_each_problem() -> None:
    refuted = {"recovered": False}
    attempts = [
        one
        for trial in range(1, LARGE // 2 + 2)
        for length, solved_at in ((100, 1), (20, None))
        for one in search(
            PARITY,
            length,
            trial=trial,
            solved_at=solved_at,
            attempts=1,
            outcome={**refuted, "counterexample": {**FOUND, "input": f"{trial:b}{length}"}},
        )
    ]
    lines = summarise(attempts, read(manifest(attempts)))
    trials = LARGE // 2 + 1
    assert lines[0].split() == ["solved,", "mean", "test", "L100", "L20"]
    assert lines[2].split() == ["fn_a-parity_all", f"{trials}/{trials}", f"0/{trials}", "55.0%"]
    unsolved = f"  fn_a-parity_all: {trials} of {2 * trials} points unsolved; best validation 0.60"
    assert lines[4] == unsolved
    assert f"Solved     {trials} of {2 * trials} points" in "\n".join(lines)
    # Each has its line where that is asked for, or with one point less.
    rows = [f"fn_a-parity_all-L{n}" for n in (100, 20)]
    fewer = [a for a in attempts if a.point.trial < trials]
    for told in (summarise(attempts, Manifest(), each_point=True), summarise(fewer, Manifest())):
        assert {line.partition(" ")[0] for line in told} >= {*rows, f"{rows[0]}-t2"}


def test_a_cell_has_the_mark_and_what_is_less_than_100_per_cent() -> None:
    lengths = range(10, 10 + LARGE + 1)
    many = [a for n in lengths for a in search(PARITY, n, outcome={"recovered": True})]
    lost = failing("timeout", target=SHA, length=12) + failing("no_code", target=SHA, length=13)
    cut = [changed(a, outcome=None, selected=False) for a in search(SHA, 14)]
    near = search(SHA, 10, solved_at=None, val_acc=0.997) + search(SHA, 11, test_acc=0.998)
    alone = labelled(SHA, length=15, test_acc=0.83)
    lines = summarise([*many, *lost, *cut, *near, *alone], Manifest(), width=1000)
    assert lines[2].split().count("=") == len(lengths)
    shown = ["· 83.0%", "-", "✗", "✗", "✓ 99.8%", "✗ 94.7%"]
    assert re.split(r"\s{2,}", lines[3]) == ["fn_l-sha256_parity", *shown]
    (problem,) = (line for line in lines if "unsolved" in line)
    assert problem.endswith(
        "3 of 4 points unsolved; best validation 0.99; errors: 2 no_code, 2 timeout"
    )


def test_trials_that_were_asked_for_labels_alone_are_in_no_rate_of_solved_points() -> None:
    trials = range(1, 4)
    alone = [a for n in trials for a in labelled(SHA, length=20, trial=n, test_acc=0.83)]
    mixed = [a for n in trials for a in labelled(SHA, length=30, trial=n, test_acc=0.8)]
    programs = [a for n in (4, 5) for a in search(SHA, 30, trial=n, solved_at=n - 4)]
    lines = matrix(group([*alone, *mixed, *programs]), 100)
    assert re.split(r"\s{2,}", lines[2]) == ["fn_l-sha256_parity", "1/2 79.0%", "· 83.0%"]


@pytest.mark.parametrize(("width", "matrices"), [(40, 3), (60, 2), (130, 1)])
def test_lengths_without_room_stand_below_and_what_is_left_out_is_told(
    width: int, matrices: int
) -> None:
    of_targets = [search(("fn_x", f"target_{number:03}"), 100) for number in range(70)]
    of_lengths = [search(("fn_x", "target_000"), length) for length in range(10, 100, 10)]
    points = group(one for some in (*of_targets, *of_lengths) for one in some)
    lines = matrix(points, width)
    assert max(map(len, lines)) <= width
    heads = [line.split() for line in lines if line.startswith("test accuracy")]
    assert [name for head in heads for name in head[2:]] == [f"L{n}" for n in range(100, 0, -10)]
    assert len(heads) == matrices
    # A target that has none of the lengths is in no matrix of them.
    assert len(lines) == sum(1 + 3 for _ in heads) - 1 + 60 + len(heads) - 1 + 1
    assert lines[-1] == "  10 targets more: see the page"


def test_very_many_lengths_are_told_in_part() -> None:
    points = group(one for length in range(1, 100) for one in search(PARITY, length))
    lines = matrix(points, 40)
    in_sight = sum(word.startswith("L") for line in lines for word in line.split())
    assert lines[-1] == f"  {99 - in_sight} lengths more: see the page"


def test_targets_with_unsolved_points_are_told_up_to_a_number() -> None:
    errors = ("timeout", "no_code", "memory", "crashed")
    kinds = [a for n, e in enumerate(errors, 1) for a in failing(e, length=n, attempts=1)]
    others = [a for n in range(70) for a in search(("fn_x", f"target_{n}"), solved_at=None)]
    first, *_, last = unsolved(group([*kinds, *others]))
    assert first == (
        "fn_a-parity_all: 4 of 4 points unsolved; "
        "errors: 1 timeout, 1 no_code, 1 memory and 1 more kind"
    )
    assert last == "11 targets more with unsolved points: see the page"


def test_reasons_that_are_all_others_are_told_in_part() -> None:
    lost = {str(n): Undecided("error", f"point {n}: no such table") for n in range(500)}
    lines = summarise([], Manifest(), lost)
    assert "  400 more reasons: see runner.log" in lines and len(lines) < 250
