"""Points asked for labels alone: no rate of solved points and no verdict takes them in."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from bench.record.attempt import Attempt
from bench.run.manifest import Manifest
from bench.run.points import group
from bench.run.readback import load
from bench.run.totals import totals
from bench.show.compare import Comparison, Side, as_data, compare, identity, rendering
from bench.show.page import build
from bench.show.run_list import as_csv, as_text, find
from bench.show.terminal.paragraph import paragraph
from bench.show.terminal.summary import summarise
from tests.support.made import NAMES, changed, labelled, search, write


def programs() -> list[Attempt]:
    """Twelve targets, eight of which are solved."""
    return [
        a
        for row, target in enumerate(NAMES)
        for a in search(target, solved_at=1 if row < 8 else None, test_acc=accuracy(row), model="m")
    ]


def labels() -> list[Attempt]:
    """The same targets by labels of the same accuracy."""
    rows = enumerate(NAMES)
    return [a for row, t in rows for a in labelled(t, test_acc=accuracy(row), model="icl:m")]


def accuracy(row: int) -> float:
    return 1.0 if row < 8 else 0.55


def side(name: str, attempts: list[Attempt]) -> Side:
    return Side(name, {identity(p.key): p for p in group(attempts)})


@pytest.fixture(scope="module")
def compared() -> tuple[list[Side], Comparison]:
    sides = [side("m", programs()), side("icl:m", labels())]
    (comparison,) = compare(sides)
    return sides, comparison


def test_what_nobody_was_asked_for_is_no_evidence(
    compared: tuple[list[Side], Comparison],
) -> None:
    sides, c = compared
    assert c.solved.adjusted < 0.05  # it would be, if not solving were a failure of the model
    assert (c.verdict, c.why) == ("no evidence", "test accuracy does not differ at the level 0.95")
    text = rendering.as_text(sides, [c])
    assert "some were asked for labels alone: judged by test accuracy" in text
    assert "proposal mass" not in text and "solved points" not in text
    overview = rendering.overview(sides)
    assert [row[1] for row in overview] == ["solved", "8/12", "-"]
    assert rendering.family_table(c)[-1][1:5] == ("8/12", "-", "0", "0")
    assert rendering.differing(c) == []
    assert json.loads(as_data.as_json(sides, [c]))[0]["verdict"] == "no evidence"


def test_better_labels_are_better() -> None:
    better = [a for target in NAMES for a in labelled(target, test_acc=0.9, model="icl:n")]
    (c,) = compare([side("m", [a for a in labels() if a.test_acc == 0.55]), side("n", better)])
    assert c.verdict == "no evidence" and "targets are too few" in c.why
    worse = [a for target in NAMES for a in labelled(target, test_acc=0.6, model="icl:m")]
    (c,) = compare([side("m", worse), side("n", better)])
    assert (c.verdict, c.why) == ("better", "test accuracy")


def test_the_rate_of_solved_points_is_one_of_those_that_can_be(tmp_path: Path) -> None:
    both = [*programs(), *labels()]
    whole = totals(group(both))
    assert (whole.decided, whole.solvable, whole.labels_alone, whole.solved) == (24, 12, 12, 8)
    said = "\n".join(summarise(both, Manifest()))
    assert "Solved     8 of 12 points (66.7%" in said
    assert "12 points asked for labels alone" in " ".join(said.split())
    alone = summarise(labels(), Manifest())
    assert "Solved     no point can be: 12 points asked for labels alone" in alone
    assert sum("L20" in line and " ·" in line for line in alone) == 12
    html = build(load(write(tmp_path / "r", both)))
    assert dict(re.findall(r"<dt>(.*?)</dt><dd><b>(.*?)</b>", html))["Solved"] == "8 of 12"
    assert "asked for labels alone, test accuracy 55.0%" in html


def test_the_list_of_runs_counts_solved_points_among_those_that_can_be(tmp_path: Path) -> None:
    write(tmp_path / "runs" / "both", [*programs(), *labels()])
    write(tmp_path / "runs" / "labels", labels())
    rows = [line.split() for line in as_text(find(tmp_path)).splitlines()]
    solved = {row[0]: row for row in rows if row and row[0] in ("both", "labels")}
    assert "24 8 of 12" in " ".join(solved["both"])
    assert "12 -" in " ".join(solved["labels"])
    plain = {row["run"]: row for row in csv.DictReader(io.StringIO(as_csv(find(tmp_path))))}
    assert [plain["both"][name] for name in ("decided", "solvable", "solved")] == ["24", "12", "8"]
    assert plain["labels"]["solvable"] == "0"


def test_a_failure_says_the_accuracy_and_that_it_is_none_of_the_model() -> None:
    (attempt,) = labelled(NAMES[0], test_acc=0.72)
    assert paragraph([changed(attempt, no_label=3)]) == (
        "72 of 100 test inputs labelled rightly (72.0%, 95 % interval 62.5% to 79.9%), 3 answers "
        "without a label; no program was asked for, and no validation, "
        "so that the point is not solved"
    )
