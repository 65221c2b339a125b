"""The list of runs."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bench.record.attempt import Attempt
from bench.run.points import group
from bench.run.readback import Results, load
from bench.run.totals import totals
from bench.show import run_list
from bench.show.compare import sides_of_runs
from bench.show.compare.rendering import overview
from bench.show.page import build
from bench.show.run_list import COLUMNS, as_csv, as_markdown, as_text, find, main, numbers
from tests.support.made import PARITY, SHA, changed, search, write


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    runs = tmp_path / "runs"
    write(
        runs / "20260102T000000Z-bbbb",
        search(run_id="20260102T000000Z-bbbb", outcome={"recovered": True})
        + search(SHA, solved_at=None, run_id="20260102T000000Z-bbbb"),
        {
            "defaults_changed": {"model": ["m1", "m2"], "max_cost": 2.5},
            "counts": {"passed": 1, "failed": 1, "error": 3},
        },
    )
    write(runs / "20260101T000000Z-aaaa", search(PARITY), {"ended_at": None, "versions": {}})
    (runs / "20260103T000000Z-cccc").mkdir()
    (runs / "20260103T000000Z-cccc" / "run.json").write_text("{")
    write(runs / "20260104T000000Z-dddd", [])
    (runs / "20260104T000000Z-dddd" / "results_attempts.jsonl").write_text("nonsense\n")
    (runs / "not a run").mkdir()
    return tmp_path


def test_each_run_is_told_with_its_state(reports: Path) -> None:
    killed, red, broken, wrong = find(reports)
    assert (killed.recovered, red.recovered) == (None, 1)
    assert (str(killed.state), killed.commit, killed.points, killed.solved) == ("killed", "", 1, 1)
    assert (red.state.word, red.commit, red.points, red.solved) == (
        "outage",
        "01234567",
        5,
        1,
    )
    assert red.changed == "model=m1,m2 max_cost=2.5"
    assert red.test_acc == pytest.approx((1.0 + 0.55) / 2)
    assert red.cost_usd == pytest.approx(0.04)
    assert str(broken.state) == "unreadable: run.json is no JSON object"
    assert wrong.state.word == "unreadable"
    assert wrong.state.details.startswith("results_attempts.jsonl: line 1: not a JSON object")


def test_a_cost_says_how_many_attempts_it_does_not_know(tmp_path: Path) -> None:
    attempts = search(trial=1) + [changed(a, cost_usd=None) for a in search(trial=2)]
    run = load(write(tmp_path / "runs" / "20260102T000000Z-bbbb", attempts))
    says = "$0.010 (1 unknown)"
    (listed,) = find(tmp_path)
    assert numbers(listed)[-1] == says
    assert overview(sides_of_runs([run]))[1][-1] == says  # in a comparison
    assert says in build(run)  # what each target took


def test_a_run_that_has_written_its_totals_down_is_not_counted_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = search(outcome={"recovered": True}) + search(SHA, 50, solved_at=None)
    folder = write(tmp_path / "runs" / "a", attempts)
    (counted,) = find(tmp_path)
    lines = folder / "results_attempts.jsonl"
    told = json.loads((folder / "run.json").read_text())
    told |= {
        "totals": asdict(totals(group(attempts))),
        "results_bytes": lines.stat().st_size,
    }
    (folder / "run.json").write_text(json.dumps(told))
    read = list[Path]()

    def counting(path: Path) -> Results:
        read.append(path)
        return load(path)

    monkeypatch.setattr(run_list, "load", counting)
    assert find(tmp_path) == [counted] and read == []
    # Somebody has changed them, and so it is for one of an earlier version.
    lines.write_text(lines.read_text().splitlines(keepends=True)[0] + "nonsense\n")
    (changed,) = find(tmp_path)
    assert read == [folder] and changed.decided == 1
    assert changed.state.details.endswith("1 line of the results left out")
    lines.unlink()
    assert find(tmp_path)[0].decided == 0


def test_what_a_run_could_not_ask_is_told_for_what_it_is(tmp_path: Path) -> None:
    lost = {"outcome": "error", "reason": "no route", "points": 3}
    spent = {"outcome": "skipped", "reason": "budget: $2 spent", "points": 2}
    cut = {"outcome": "unasked", "reason": "the run ended before", "points": 4}
    table = {"outcome": "skipped", "reason": "no raw table", "points": 1}
    dry = [
        changed(a, outcome=None, text=None, request={}, val_acc=None)
        for a in search(solved_at=None)
    ]
    made: dict[str, tuple[list[Attempt], dict[str, Any]]] = {
        "a": ([], {"undecided": [spent, lost], "selected": 5, "exit_status": 1}),
        "b": (search(), {"undecided": [spent], "selected": 3, "exit_status": 0}),
        "c": (search(), {"undecided": [cut, lost], "selected": 8, "exit_status": 2}),
        "d": (dry, {"options": {"dry_run": True}, "counts": {"skipped": 1}, "exit_status": 0}),
        "e": (search(), {"undecided": [table], "selected": 2, "exit_status": 0}),
    }
    for name, (attempts, manifest) in made.items():
        write(tmp_path / "runs" / name, attempts, manifest)
    assert [str(run.state) for run in find(tmp_path)] == [
        "outage: 3 of 5 points: no route",
        "budget: 2 of 3 points: budget: $2 spent",
        "interrupted: 7 of 8 points not decided",
        "dry run",
        "whole",
    ]
    lines = [line.split() for line in as_text(find(tmp_path)).splitlines()]
    rows = {line[0]: line[4:-3] for line in lines if line and line[0] in made}
    assert rows["a"][:2] == ["5", "-"]  # nothing was decided: that is not 0 solved
    assert rows["b"][:4] == ["3", "1", "of", "1"]


@pytest.mark.parametrize("width", [50, 60, 80])
def test_a_narrow_terminal_has_the_names_and_the_states(reports: Path, width: int) -> None:
    lines = as_text(find(reports), width).splitlines()
    assert max(map(len, lines)) <= width
    (red,) = (line for line in lines if line.startswith("20260102T000000Z-bbbb"))
    assert red.endswith("outage")


def test_the_table_fits_and_the_csv_reads_back(reports: Path) -> None:
    runs = find(reports)
    text = as_text(runs)
    assert max(map(len, text.splitlines())) <= 100
    assert "    model=m1,m2 max_cost=2.5" in text
    assert as_markdown(runs).count("\n") == 2 + len(runs)
    rows = list(csv.DictReader(io.StringIO(as_csv(runs))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["state"] for row in rows[:2]] == ["killed", "outage: 3 of 5 points: see runner.log"]


def test_the_command_lists_or_says_that_there_is_nothing(
    reports: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(reports), "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("run,started,")
    assert main([str(tmp_path_factory.mktemp("empty"))]) == 2
    assert "holds no runs" in capsys.readouterr().err
