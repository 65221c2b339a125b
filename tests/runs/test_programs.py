"""Whole runs whose answers are programs of note: their other lengths, and their size."""

import json

import pytest

from bench.run.readback import load
from bench.score.bounds import Allowed, occam_bound, validation_bound
from bench.search.generalization import SIZE
from tests.support.server import Reply, serve
from tests.support.session import Bench

RIGID = "def f(x):\n    return sum(x[i] == '1' for i in range(20)) % 2\n"
STRICT = "def f(x):\n    assert len(x) < 21\n    return x.count('1') % 2\n"
BROKEN = "import os\ndef f(x):\n    return x.count('1') % 2 if len(x) < 21 else os._exit(1)\n"
RAISES = "def f(x):\n    raise KeyError(x)\n"
PLAIN = 'def f(x):\n    """The parity."""\n    return x.count("1") % 2  # of all bits\n'
PROGRAMS = (RIGID, STRICT, BROKEN, PLAIN, RAISES)


def test_programs_that_have_their_length_built_in_fall_to_chance_and_each_is_measured(
    bench: Bench,
) -> None:
    programs = [Reply(text=json.dumps({"code": code})) for code in PROGRAMS]
    grid = ("--functions", "fn_a", "--lengths", "20", "--generalize", "200,50,20", "--trials", "6")
    with serve([*programs, Reply(text="none")]) as server:
        done = bench(*grid, "--model", "m", "--base-url", server.base_url)
    assert "4 passed" in done.stdout and "2 failed" in done.stdout, done.stdout
    points = load(bench.reports).points
    assert [p.outcome and p.outcome.test_no_label for p in points] == [0, 0, 0, 0, 200, None]
    assert [p.without_labels for p in points] == [*[False] * 4, True, False]
    by_program = [p.generalization for p in points]
    assert [[(g.length, g.size) for g in some] for some in by_program] == [
        [(200, SIZE), (50, SIZE)]
    ] * 6
    for g in by_program[0]:
        assert g.accuracy and 0.4 < g.accuracy < 0.6 and g.error is None
    assert [(g.accuracy, g.error) for some in by_program[1:] for g in some] == [
        *[(0.0, "runtime_error")] * 2,
        *[(None, "crashed")] * 2,
        *[(1.0, None)] * 2,
        *[(0.0, "runtime_error")] * 2,
        *[(None, "no program")] * 2,
    ]
    assert "Generalize mean accuracy " in done.stdout and "(6 points, 2 failed)" in done.stdout
    assert "Generalization to other lengths" in (bench.reports / "index.html").read_text()

    # Comments and the docstring count for nothing.
    (outcome,) = (a["outcome"] for a in bench.attempts() if a["code"] == PLAIN)
    assert (outcome["attempts"], outcome["allowed"], outcome["stops_early"]) == (1, 5, True)
    assert outcome["description_bits"] == 8 * len("def f(x):\n return x.count('1') % 2")
    bounds = outcome["bounds"]
    at_first = 0.05 * Allowed(5, stops_early=True).share_of_delta(1)
    assert bounds["validation"] == {
        "error": pytest.approx(validation_bound(100, 100, at_first)),
        "vacuous": False,
    }
    assert bounds["occam"] == {"error": pytest.approx(occam_bound(272, 100)), "vacuous": True}
