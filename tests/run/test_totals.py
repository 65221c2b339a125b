"""The totals: one count, whoever shows it, and the rows add up to it."""

import json
import re
from pathlib import Path

import pytest

from bench.record.attempt import Attempt
from bench.run.manifest import Manifest
from bench.run.points import Point, group
from bench.run.readback import load
from bench.run.totals import mean_accuracy, totals
from bench.show.page import build
from bench.show.run_list import find
from bench.show.terminal.summary import summarise
from tests.support.made import PARITY, SHA, changed, failing, run_files, search, write

PALINDROME = ("fn_g", "palindrome")


def mixed() -> list[Attempt]:
    """Solved, unsolved, without a program, replayed, cut short and rehearsed, of two models."""
    cut = [
        changed(a, outcome=None, selected=False, test_acc=None, cost_usd=0.02)
        for a in search(SHA, 25, solved_at=None, model="m2")
    ]
    dry = [
        changed(a, outcome=None, text=None, request={}, selected=False, val_acc=None, test_acc=None)
        for a in search(PALINDROME, 50, model="m2")
    ]
    return [
        *search(PARITY, solved_at=2, model="m1"),
        *search(PARITY, 25, replayed=True, model="m2", cost_usd=0.25),
        *search(SHA, solved_at=None, model="m1"),
        *failing("no_code", target=PALINDROME, model="m1"),
        *failing("timeout", target=PALINDROME, model="m2", cost_usd=None),
        *cut,
        *dry,
    ]


def rows_of(html: str, heading: str) -> list[list[str]]:
    """The cells of the body's rows of the table below a heading of the page, as text."""
    body = html.split(heading, 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def dollars(cells: list[str]) -> float:
    """The sum of the costs; a cell may say behind it how many are unknown."""
    return sum(float(cell[1:].partition(" ")[0]) for cell in cells if cell.startswith("$"))


def test_the_totals_of_parts_add_up_to_those_of_the_whole() -> None:
    points = group(mixed())
    whole = totals(points)
    each = [totals([p]) for p in points]
    for name in ("points", "decided", "solved", "unscored", "attempts", "replayed", "input_tokens"):
        assert getattr(whole, name) == sum(getattr(one, name) for one in each), name
    for name in ("cost_usd", "paid_usd", "seconds"):
        parts = (getattr(one, name) or 0.0 for one in each)
        assert getattr(whole, name) == pytest.approx(sum(parts)), name
    assert (whole.points, whole.decided, whole.solved, whole.unscored) == (6, 5, 2, 2)


def test_an_attempt_that_an_earlier_run_began_was_paid_for_in_part(tmp_path: Path) -> None:
    begun = [changed(a, cost_usd=0.3, paid_usd=0.1) for a in search(PARITY)]
    assert (totals(group(begun)).cost_usd, totals(group(begun)).paid_usd) == (0.3, 0.1)
    run, (point,) = run_files(tmp_path), group(begun)
    run.record(point.key, begun)
    (again,) = run.record(point.key, [changed(begun[0], replayed=True, paid_usd=None)])
    assert (again.replayed, again.paid_usd) == (False, 0.1)


def test_the_mean_takes_every_decided_point_and_no_other() -> None:
    mean = mean_accuracy(group(mixed()))
    assert mean is not None
    assert mean.n == 5
    assert mean.mean == pytest.approx((1 + 1 + 0.55 + 0 + 0) / 5)
    assert mean_accuracy(group(search(SHA, outcome={}))) is not None
    assert mean_accuracy([]) is None


def test_a_solved_program_that_failed_on_the_test_split_counts_as_0_too() -> None:
    attempts = [changed(a, test_acc=None) for a in search(outcome={"error": "timeout"})]
    (point,) = group(attempts)
    assert (point.solved, point.test_acc, point.score) == (True, None, 0.0)


def test_the_page_the_terminal_and_the_lists_tell_the_same_totals(tmp_path: Path) -> None:
    attempts = mixed()
    counts = {"passed": 2, "failed": 3, "error": 4, "skipped": 1}
    folder = write(tmp_path / "runs" / "r", attempts, {"counts": counts})
    whole = totals(load(folder).points)
    html = build(load(folder))
    figures = dict(re.findall(r"<dt>(.*?)</dt><dd><b>(.*?)</b>", html))
    assert figures["Solved"] == "2 of 5"
    assert figures["Attempts"] == str(whole.attempts) == "13"
    assert figures["Mean test accuracy"] == "51.0%"
    assert "; 2 points without a program as 0" in html
    assert whole.cost_usd is not None
    assert dollars([figures["Cost"]]) == pytest.approx(whole.cost_usd)

    points = rows_of(html, "Every point, beside its best shortcut")
    asked = [row for row in points if row[2] != "dry run"]
    by_target = rows_of(html, "Tokens and cost")
    by_model = rows_of(html, "What each solved")
    for rows, attempts_at, cost_at in ((asked, 5, 7), (by_target, 2, 6), (by_model, 6, 7)):
        assert sum(int(row[attempts_at]) for row in rows) == whole.attempts
        assert dollars([row[cost_at] for row in rows]) == pytest.approx(whole.cost_usd)

    assert "1 point cut short: here with what was had by then, in no mean." in html
    assert "3 points without an attempt, not here. Not decided: 4 points: see runner.log" in html
    said = summarise(attempts, Manifest())
    assert "Attempts   13, 1 of them replayed" in said
    assert "Accuracy   mean test accuracy 51.0%; 2 points without a scored program as 0" in said
    (listed,) = find(tmp_path)
    assert (listed.solved, listed.unscored) == (2, 2)
    assert listed.test_acc == pytest.approx(0.51)


def test_the_manifest_has_the_same_totals(tmp_path: Path) -> None:
    run = run_files(tmp_path)
    for point in group(mixed()):
        run.record(point.key, point.attempts)
    run.finish(0, run.results().points)
    kept = json.loads((run.folder / "run.json").read_text())["totals"]
    points: tuple[Point, ...] = load(run.folder).points
    assert kept["attempts"] == totals(points).attempts == 13
    assert kept["paid_usd"] == pytest.approx(totals(points).paid_usd)
    assert kept["cost_usd"] - kept["paid_usd"] == pytest.approx(0.25)
