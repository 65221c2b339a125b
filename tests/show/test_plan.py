"""The plan of a comparison: by a shape that is given, or by a run's own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.run.readback import load
from bench.score import power
from bench.show.compare import compare, plan, rendering, sides_of_runs
from bench.show.compare.__main__ import main
from tests.support.made import NAMES, paper_grid, search, write


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plan of few rows, each of few simulated runs."""
    monkeypatch.setattr(plan, "TRIALS", (1,))
    monkeypatch.setattr(plan, "TARGETS", (5, 8))
    monkeypatch.setattr(power, "RUNS", 100)
    power.smallest_gap.cache_clear()
    yield
    power.smallest_gap.cache_clear()


@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
def test_the_plan_of_a_shape(capsys: pytest.CaptureFixture[str], format_: str) -> None:
    shape = ["--targets", "9", "--lengths", "3", "--trials", "2"]
    assert main(["--plan", *shape, "--format", format_]) == 0
    out = capsys.readouterr().out
    if format_ == "json":
        plain = json.loads(out)
        assert plain["points"] == [6] * 9
        assert 0.1 < plain["half_found"]["0.0"] < plain["half_found"]["1.0"] < 0.9
        assert len(plain["power"]) == 2 * 3 * 2 * 6  # spreads, targets, trials, gaps
        assert all(0 <= row["found"] <= 1 for row in plain["power"])
        return
    assert "both models like the same targets" in out and "(a spread of 1 in the log-odds)" in out
    assert "with 9 targets and 54 points a gap below " in out.replace("\n", " ")
    assert ("| 9 | 2 |" in out) == (format_ == "markdown")
    assert format_ == "markdown" or max(map(len, out.splitlines())) <= 100


def test_a_run_is_planned_for_by_what_it_asks_of_one_model(tmp_path: Path) -> None:
    asked = [
        a
        for model in ("m", "n")
        for row, target in enumerate(NAMES)
        for length in (20, 25)[: 1 + (row > 0)]
        for trial in (1, 2, 3)
        for a in search(target, length, trial=trial, model=model)
    ]
    shape = plan.shape_of(load(write(tmp_path, asked)))
    assert sorted(shape.lengths) == [1, *[2] * 11]
    assert shape.trials == 3
    assert sorted(shape.points) == [3, *[6] * 11]


def test_a_comparison_says_what_it_could_have_found(tmp_path: Path) -> None:
    runs = [load(write(tmp_path / str(n), paper_grid(seed=n))) for n in (1, 2)]
    (c,) = compare(sides_of_runs(runs))
    assert rendering.measure_lines(c)[-1].startswith("with 12 targets and 60 points a gap below ")
    (unpaired,) = compare(sides_of_runs(runs), paired=False)
    assert not any("a gap below" in line for line in rendering.measure_lines(unpaired))
    few = plan.half_missed((5,) * 5, 0.95)
    assert few == "with 5 targets and 25 points no gap can be found: 7 targets are needed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--plan", "here", "here"], "--plan takes one RUN at most"),
        (["--plan", "--by", "model"], "and no --by"),
        (["--plan", "here", "--trials", "3"], "leave out --trials"),
        (["here", "here", "--targets", "3"], "--targets is for --plan"),
        (["--plan", "--lengths", "0"], "'0' is not allowed; give a whole number from 1 to 1,000"),
        (["--plan", "there"], "there"),
        ([], "give two runs or more"),
    ],
)
def test_a_wrong_plan_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    try:
        status: object = main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
