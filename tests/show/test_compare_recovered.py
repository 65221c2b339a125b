"""Recovered points in a comparison: counted and tested where it is known of both sides."""

import json
from pathlib import Path

from bench.record.attempt import Attempt
from bench.run.readback import load
from bench.show.compare import Comparison, Side, as_data, compare, rendering, sides_of_runs
from bench.show.compare.recovered import Recovered, recovered
from tests.support.made import NAMES, search, write


def run(folder: Path, name: str, found: list[bool | None], unsolved: int = 0) -> list[Side]:
    """A run that solved a target for each of these, then some that it did not."""
    attempts: list[Attempt] = []
    for i, target in enumerate(NAMES[: len(found) + unsolved]):
        solved = i < len(found)
        outcome = {"recovered": found[i] if solved else None}
        attempts += search(target, run_id=name, solved_at=1 if solved else None, outcome=outcome)
    return sides_of_runs([load(write(folder / name, attempts))])


def compared(folder: Path, a: list[Side], b: list[Side]) -> tuple[list[Side], Comparison]:
    sides = [*a, *b]
    (comparison,) = compare(sides)
    return sides, comparison


def test_recovered_points_are_tested_where_it_is_known_of_both(tmp_path: Path) -> None:
    a = run(tmp_path, "a", [True, True, False, False, False, None], unsolved=3)
    b = run(tmp_path, "b", [True, True, True, True, True, True, True, None, False])
    sides, c = compared(tmp_path, a, b)
    found = recovered(c.matched.pairs)
    # Left out: the sixth, where nothing is known of a, and the eighth, where nothing is of b.
    assert found == Recovered(points=7, a=2, b=6, only_a=0, only_b=4, p=0.125)
    line = "recovered points: A 2, B 6 of 7; A alone 0, B alone 4, McNemar p 0.125"
    assert line in rendering.measure_lines(c)
    overview = rendering.overview(sides, [c])
    assert [row[overview[0].index("recovered")] for row in overview[1:]] == ["2", "7"]
    cells = [rendering.pair_row(pair)[1:3] for pair in rendering.differing(c)]
    assert cells.count(("✓ 100%", "✓ = 100%")) == 4
    (plain,) = json.loads(as_data.as_json(sides, [c]))
    assert plain["recovered"]["only_b"] == 4
    assert plain["points"][0]["recovered"] == [True, True]


def test_runs_without_falsification_say_nothing_of_it(tmp_path: Path) -> None:
    sides, c = compared(tmp_path, run(tmp_path, "a", [None]), run(tmp_path, "b", [None]))
    assert recovered(c.matched.pairs) is None
    assert not any("recovered" in line for line in rendering.measure_lines(c))
    assert json.loads(as_data.as_json(sides, [c]))[0]["recovered"] is None
    overview = rendering.overview(sides)
    assert [row[overview[0].index("recovered")] for row in overview[1:]] == ["-", "-"]
