"""The list of runs."""

import csv
import io
from pathlib import Path

import pytest

from bench.runs import COLUMNS, as_csv, as_markdown, as_text, find, main
from tests.made import PARITY, SHA, search, write


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    runs = tmp_path / "runs"
    write(runs / "20260102T000000Z-bbbb", search(run_id="20260102T000000Z-bbbb") + search(SHA, solved_at=None,
          run_id="20260102T000000Z-bbbb"), {"defaults_changed": {"model": ["m1", "m2"], "max_cost": 2.5},
          "counts": {"passed": 1, "failed": 1, "error": 3}})  # fmt: skip
    write(runs / "20260101T000000Z-aaaa", search(PARITY), {"ended_at": None, "versions": {}})
    (runs / "20260103T000000Z-cccc").mkdir()
    (runs / "20260103T000000Z-cccc" / "run.json").write_text("{")
    write(runs / "20260104T000000Z-dddd", [])
    (runs / "20260104T000000Z-dddd" / "results_attempts.jsonl").write_text("nonsense\n")
    (runs / "not a run").mkdir()
    return tmp_path


def test_each_run_is_told_with_its_state(reports: Path) -> None:
    killed, red, broken, wrong = find(reports)
    assert (killed.state, killed.commit, killed.points, killed.solved) == ("killed", "", 1, 1)
    assert (red.state, red.commit, red.points, red.solved) == ("red", "01234567", 5, 1)
    assert red.changed == "model=m1,m2 max_cost=2.5"
    assert red.test_acc == pytest.approx((1.0 + 0.55) / 2)
    assert red.cost_usd == pytest.approx(0.04)
    assert broken.state == "unreadable: run.json is no JSON object"
    assert wrong.state.startswith("unreadable: results_attempts.jsonl: line 1: not a JSON object")


def test_the_table_fits_and_the_csv_reads_back(reports: Path) -> None:
    runs = find(reports)
    text = as_text(runs)
    assert max(map(len, text.splitlines())) <= 100
    assert "    model=m1,m2 max_cost=2.5" in text
    assert as_markdown(runs).count("\n") == 2 + len(runs)
    rows = list(csv.DictReader(io.StringIO(as_csv(runs))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["state"] for row in rows[:2]] == ["killed", "red"]


def test_the_command_lists_or_says_that_there_is_nothing(
    reports: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(reports), "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("run,started,")
    assert main([str(tmp_path_factory.mktemp("empty"))]) == 2
    assert "holds no runs" in capsys.readouterr().err
