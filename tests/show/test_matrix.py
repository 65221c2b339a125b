"""The summary of many points: a matrix, and not all of what there is to say of each."""

import pytest

from bench.record.undecided import Undecided
from bench.run.manifest import Manifest, read
from bench.run.points import group
from bench.show.terminal.matrix import LARGE, matrix
from bench.show.terminal.summary import summarise
from tests.support.made import PARITY, manifest, search

FOUND = {"label": 1, "prediction": 0, "source": "constant"}


def test_a_large_run_is_a_matrix_with_some_of_the_notes() -> None:
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
    cells = [f"{trials}/{trials}", "100%", f"0/{trials}", "55.0%"]
    assert lines[2].split() == ["fn_a-parity_all", *cells]
    assert len(lines) < LARGE
    assert any(line.endswith("more notes: see the page") for line in lines)
    assert f"Solved     {trials} of {2 * trials} points" in "\n".join(lines)
    # One point less, and each has its line.
    fewer = [a for a in attempts if a.point.trial < trials]
    assert len(summarise(fewer, Manifest())) > LARGE


@pytest.mark.parametrize("width", [40, 60, 130])
def test_a_matrix_says_what_it_leaves_out(width: int) -> None:
    of_targets = [search(("fn_x", f"target_{number:03}"), 100) for number in range(70)]
    of_lengths = [search(("fn_x", "target_000"), length) for length in range(10, 100, 10)]
    points = group(one for some in (*of_targets, *of_lengths) for one in some)
    lines = matrix(points, width)
    assert max(map(len, lines)) <= width
    in_sight = sum(word.startswith("L") for word in lines[0].split())
    said = "10 targets more: see the page"
    words = " ".join(" ".join(lines).split())
    assert words.endswith(said if in_sight == 10 else f"{10 - in_sight} lengths and {said}")


def test_reasons_that_are_all_others_are_told_in_part() -> None:
    lost = {str(n): Undecided("error", f"point {n}: no such table") for n in range(500)}
    lines = summarise([], Manifest(), lost)
    assert "  400 more reasons: see runner.log" in lines and len(lines) < 250
