"""Whole runs of learners: the same each time, and told wherever points are told."""

import json

import pytest

from bench.results import load
from tests.show.page.reading import opened
from tests.support.session import Bench, command, words

pytestmark = pytest.mark.slow

GRID = words(
    "--functions fn_a,graph_has_cycle --lengths 60 --train-size 20 --val-size 20 --test-size 40"
    " --model learner:knn,learner:majority --reasoning-effort low,high --generalize 30"
)


def test_learners_are_recorded_gated_compared_and_shown_like_programs(bench: Bench) -> None:
    baseline = str(bench.folder / "baseline.json")
    done = bench(*GRID, "--write-baseline", baseline)
    assert done.returncode == 1, done.stdout  # no learner solves a point here
    assert "--reasoning-effort makes no difference to learner:knn" in done.stdout
    assert "fn_a-parity_all-L60: not tested at length 30: a learner's" in done.stdout
    found = bench.attempts_but_times()
    assert [(a["target"], a["model"], a["reasoning_effort"]) for a in found] == [
        (target, model, "low")
        for target in ("parity_all", "graph_has_cycle")
        for model in ("learner:knn", "learner:majority")
    ]
    for a in found:
        assert (a["hypothesis"], a["proposer"]) == ("predictor", "learner")
        assert (a["code"], a["contract"], a["isolation"], a["error"]) == (None,) * 4
        assert (a["no_label"], a["cost_usd"], a["selected"]) == (0, 0.0, True)
        assert 0 < a["val_acc"] < 1 and 0 < a["test_acc"] < 1
    assert found[0]["text"].startswith("n_neighbors=")
    lengths = [[g["length"] for g in a["outcome"]["generalization"]] for a in found]
    assert lengths == [[], [], [30], [30]]

    page = opened((bench.reports / "index.html").read_text())
    assert "What it chose" in page and "<summary>Prompt" not in page
    table = load(bench.reports).dataframe("points")
    assert set(table["hypothesis"]) == {"predictor"}
    assert load(bench.reports).dataframe("mass").empty
    compared = command("bench.compare", str(bench.reports), "--by", "model")
    assert "learner:majority" in compared

    again = bench(*GRID, "--baseline", baseline, "-n", "1")
    assert again.returncode == 0, again.stdout
    by_id = sorted(found, key=json.dumps)
    assert sorted(bench.attempts_but_times(), key=json.dumps) == by_id


def test_a_learner_that_cannot_be_used_is_one_line_before_anything_runs(bench: Bench) -> None:
    unknown, dry = bench("--model", "learner:guess"), bench(*GRID, "--dry-run")
    assert unknown.returncode == 4
    assert unknown.stderr.startswith("ERROR: --model: there is no learner:guess; there are learner")
    assert unknown.stderr.count("\n") <= 2
    assert "4 skipped" in dry.stdout
    assert bench.attempts()[0]["request"] == {
        "model": "learner:knn",
        "examples": 20,
        "inputs": 60,
    }
