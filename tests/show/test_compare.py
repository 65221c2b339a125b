"""Comparisons: what is paired, what is refused, and the verdict."""

import json
import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.record.attempt import Attempt
from bench.run.points import Point, group
from bench.run.readback import load
from bench.score.stats import Interval
from bench.show.compare import (
    CompareError,
    Side,
    compare,
    identity,
    rendering,
    sides_of_axis,
    sides_of_runs,
)
from bench.show.compare.__main__ import main
from tests.support.made import LENGTHS, NAMES, PARITY, SHA, failing, paper_grid, search, write


def grid(
    run_id: str, *, solves: bool, lengths: tuple[int, ...] = LENGTHS, model: str = "m"
) -> list[Attempt]:
    """Twelve targets of which the last eight are solved or not."""
    return [
        a
        for row, target in enumerate(NAMES)
        for length in lengths
        for a in search(
            target, length, run_id=run_id, model=model, solved_at=1 if solves or row < 4 else None
        )
    ]


def test_a_run_that_solves_more_is_better_and_the_other_way_round_worse(tmp_path: Path) -> None:
    few, many = (load(write(tmp_path / n, grid(n, solves=n == "many"))) for n in ("few", "many"))
    (up,) = compare(sides_of_runs([few, many]))
    (down,) = compare(sides_of_runs([many, few]))
    assert (up.verdict, down.verdict) == ("better", "worse")
    assert (up.total.only_a, up.total.only_b, up.total.n_a) == (0, 40, 60)
    assert up.solved.p == up.test.p == 2 / 2**8  # eight targets, however many points
    assert up.test.difference == pytest.approx(0.45 * 2 / 3)
    for measure in (up.solved, up.test):
        assert measure.interval is not None
        assert measure.interval.low > 0
    assert up.matched.point_p is not None
    assert up.matched.point_p[0] == pytest.approx(2 * 0.5**40)
    by_mass = (
        "proposal mass, as the share solved at the first attempt: A 33.3% (2.0% to 64.6%), B 100%"
    )
    assert by_mass in rendering.measure_lines(up)
    assert rendering.verdict_line(up) == "many is better than few: solved points and test accuracy"


def test_points_without_a_program_count_as_0(tmp_path: Path) -> None:
    weak = [a for target in NAMES for a in search(target, solved_at=None, run_id="weak")]
    none = [a for target in NAMES for a in failing("no_code", target=target, run_id="none")]
    (c,) = compare(
        sides_of_runs([load(write(tmp_path / "w", weak)), load(write(tmp_path / "n", none))])
    )
    assert (c.verdict, c.why) == ("worse", "test accuracy")
    assert (c.total.test_b, c.total.unscored_a, c.total.unscored_b) == (0.0, 0, 12)
    assert "without a scored program, and 0 in the means: 0 of A, 12 of B" in rendering.scope(c)[0]


def test_having_no_program_on_most_points_makes_no_model_better(tmp_path: Path) -> None:
    """45 of 60 points without a program, and better on the rest: dropped, they would hide it."""
    weak = [a for t in NAMES for k in LENGTHS for a in search(t, k, solved_at=None, run_id="weak")]
    some = [
        a
        for row, t in enumerate(NAMES)
        for k in LENGTHS
        for a in (
            failing("no_code", target=t, length=k, run_id="some")
            if row < 9
            else search(t, k, solved_at=None, val_acc=0.95, run_id="some")
        )
    ]
    runs = [load(write(tmp_path / n, of)) for n, of in (("weak", weak), ("some", some))]
    (c,) = compare(sides_of_runs(runs))
    assert (c.verdict, c.why, c.total.unscored_b) == ("worse", "test accuracy", 45)


def test_the_options_that_differ_are_told_and_those_of_files_not(tmp_path: Path) -> None:
    options = {"seed": 42, "model": ["m"], "lengths": [], "reports_dir": "here"}
    a = load(write(tmp_path / "a", search(), {"options": options}))
    b = load(
        write(
            tmp_path / "b",
            search(),
            {"options": options | {"lengths": [20, 25], "reports_dir": "there"}},
        )
    )
    (c,) = compare(sides_of_runs([a, b]))
    assert c.options == {"lengths": ([], [20, 25])}
    assert "A → B: --lengths (default) → 20,25" in rendering.as_text(sides_of_runs([a, b]), [c])


def test_a_run_against_itself_shows_nothing(tmp_path: Path) -> None:
    run = load(write(tmp_path, paper_grid()))
    (itself,) = compare(sides_of_runs([run, run]))
    assert (itself.verdict, itself.solved.p, itself.test.p) == ("no evidence", 1.0, 1.0)
    assert (itself.a, itself.b) == ("20260101T000000Z-aaaa (1)", "20260101T000000Z-aaaa (2)")
    assert rendering.differing(itself) == []


def test_a_handful_of_targets_is_no_evidence_however_many_points_they_have(tmp_path: Path) -> None:
    targets = NAMES[:5]
    runs = [
        load(
            write(
                tmp_path / str(n),
                [a for t in targets for k in LENGTHS for a in search(t, k, solved_at=n)],
            )
        )
        for n in (None, 1)
    ]
    (c,) = compare(sides_of_runs(runs))
    assert c.solved.p == pytest.approx(2 / 2**5)
    assert c.solved.interval is None
    assert c.verdict == "no evidence"
    assert c.why == "5 targets are too few to show it at the level 0.95: 7 are needed"
    one = [load(write(tmp_path / f"one-{n}", search(solved_at=n))) for n in (None, 1)]
    (c,) = compare(sides_of_runs(one))
    assert c.why.startswith("1 target is too few to show it")


def test_more_comparisons_need_more_evidence(tmp_path: Path) -> None:
    def some(solved_at: int | None) -> list[Attempt]:
        return [
            a for target in NAMES[:6] for a in search(target, solved_at=solved_at, test_acc=0.9)
        ]

    none, all_ = load(write(tmp_path / "none", some(None))), load(write(tmp_path / "all", some(1)))
    assert compare(sides_of_runs([none, all_]))[0].solved.adjusted == pytest.approx(0.0625)
    assert compare(sides_of_runs([none, all_, all_]))[0].solved.adjusted == pytest.approx(0.125)


@cache
def a_point(target: tuple[str, str], length: int, is_solved: bool) -> Point:
    (point,) = group(search(target, length, solved_at=1 if is_solved else None))
    return point


@given(st.integers(0, 10_000))
@example(3046)  # each point is solved on one side alone
@settings(max_examples=20)
def test_the_verdict_and_the_intervals_never_contradict_each_other(seed: int) -> None:
    rng = random.Random(seed)
    ease = [rng.uniform(0, 0.5) for _ in range(2)]
    sides = []
    for i in range(2):
        points = [
            a_point(target, length, rng.random() < ease[i] + 0.5 * i)
            for target in NAMES
            for length in LENGTHS[:2]
        ]
        sides.append(Side(str(i), {identity(p.key): p for p in points}))
    (c,) = compare(sides)
    shown = set()
    for measure, flips in ((c.solved, c.matched.solved), (c.test, c.matched.test)):
        is_alike = flips.lows[0] == flips.highs[-1]  # the difference is the same on every target
        assert (measure.interval is None) == is_alike
        ends = measure.interval or Interval(measure.difference, measure.difference)
        if not ends.low <= 0 <= ends.high:
            shown.add(measure.difference > 0)
    assert c.verdict == (
        "no evidence" if len(shown) != 1 else "better" if shown == {True} else "worse"
    )


def test_other_datasets_are_refused_unless_unpaired(tmp_path: Path) -> None:
    a, b = load(write(tmp_path / "a", search())), load(write(tmp_path / "b", search(seed=7)))
    with pytest.raises(
        CompareError, match=r"fn_a-parity_all-L20 has different datasets .*--unpaired"
    ):
        compare(sides_of_runs([a, b]))
    (c,) = compare(sides_of_runs([a, b]), paired=False)
    assert (c.paired, c.verdict, c.matched.pairs) == (False, "no evidence", ())


def test_unpaired_runs_are_compared_target_by_target(tmp_path: Path) -> None:
    few = load(write(tmp_path / "few", grid("few", solves=False, lengths=(20, 25))))
    many = load(
        write(tmp_path / "many", grid("many", solves=True) + search(("own", "own"), run_id="many"))
    )
    (c,) = compare(sides_of_runs([few, many]), paired=False)
    assert (c.verdict, c.matched.point_p) == ("better", None)
    assert (c.total.n_a, c.total.n_b, c.matched.left_out, c.matched.targets) == (24, 60, 1, 12)
    assert c.total.difference == pytest.approx(c.total.test_b - c.total.test_a) == c.test.difference
    other = load(write(tmp_path / "other", search(("own", "own"))))
    with pytest.raises(CompareError, match=r"few and .* have no target in common"):
        compare(sides_of_runs([few, other]), paired=False)


def test_points_on_one_side_alone_are_left_out_and_counted(tmp_path: Path) -> None:
    a = load(write(tmp_path / "a", search(PARITY, 20) + search(PARITY, 25)))
    b = load(write(tmp_path / "b", search(PARITY, 20) + failing("timeout", target=SHA)))
    (c,) = compare(sides_of_runs([a, b]))
    assert (c.total.n_a, c.matched.left_out) == (1, 2)
    alone = load(write(tmp_path / "c", search(SHA)))
    with pytest.raises(CompareError, match="no point in common"):
        compare(sides_of_runs([a, alone]))


def test_runs_of_one_model_each_are_paired_across_models(tmp_path: Path) -> None:
    a = load(write(tmp_path / "a", search(model="small", run_id="a")))
    b = load(write(tmp_path / "b", search(model="large", run_id="b")))
    assert len(compare(sides_of_runs([a, b]))[0].matched.pairs) == 1
    both = load(write(tmp_path / "c", search(model="small") + search(model="large")))
    (c,) = compare(sides_of_runs([a, both]))
    assert (len(c.matched.pairs), c.matched.left_out) == (1, 1)


def test_one_axis_inside_a_run(tmp_path: Path) -> None:
    run = load(
        write(tmp_path, [a for m in ("x", "y", "z") for a in grid("r", solves=m != "x", model=m)])
    )
    sides = sides_of_axis(run, "model")
    assert [c.verdict for c in compare(sides)] == ["better", "better"]
    table = rendering.overview(sides, compare(sides))
    assert [row[:2] for row in table[1:]] == [("x", "20/60"), ("y", "60/60"), ("z", "60/60")]
    with pytest.raises(CompareError, match="needs two values"):
        sides_of_axis(run, "reasoning_effort")
    given = load(write(tmp_path, run.attempts, {"options": {"model": ["z", "x", "y"]}}))
    assert [side.name for side in sides_of_axis(given, "model")] == ["z", "x", "y"]


@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
def test_the_command_prints_each_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    a, b = (
        write(tmp_path / "a", paper_grid(seed=1)),
        write(tmp_path / "b", paper_grid(seed=2, run_id="b|<i>*")),
    )
    assert main([str(a), str(b), "--format", format_]) == 0
    out = capsys.readouterr().out
    if format_ == "json":
        (plain,) = json.loads(out)
        assert plain["verdict"] in ("better", "worse", "no evidence")
        assert len(plain["points"]) == 60
        assert plain["first_attempt"]["a"]["points"] == 60
        assert plain["interval"]["solved"][0] <= plain["difference"]["solved"]
    elif format_ == "text":
        assert max(map(len, out.splitlines())) <= 100
        assert "no evidence that b|<i>* and 20260101T000000Z-aaaa differ" in out
    else:
        assert "<i>" not in out
        assert "b\\|&lt;i&gt;\\*" in out
        widths = {line.count(" | ") for line in out.splitlines() if line.startswith("| fn_")}
        assert widths == {3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["here"], "give two runs or more"),
        (["here", "here", "--by", "model"], "give one RUN"),
        (["here", "--by", "colour"], "invalid choice"),
        (["here", "here", "--level", "1.5"], "--level"),
        (
            ["here", "here", "--level", "high"],
            "--level: 'high' is not allowed; give a number from 0.5 up and below 1",
        ),
        (["here", "there"], "there"),
        (["here", "--by", "model"], "needs two values"),
    ],
)
def test_a_wrong_command_is_one_clear_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    write(tmp_path / "here", search())
    monkeypatch.chdir(tmp_path)
    try:
        status: object = main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
