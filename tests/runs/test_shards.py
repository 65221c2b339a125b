"""The shards of a run, each in reports of its own, and put together again."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bench.ledger.store import Ledger
from bench.run.readback import load
from bench.show import merged
from tests.support.server import serve
from tests.support.session import Bench, words

OF_ONE_RUN = ("run_id", "response_id", "request_id", "duration_ms", "eval_ms", "started_at")
"""Fields of an attempt: ids and times."""
OF_ONE_MANIFEST = ("run_id", "started_at", "ended_at", "command", "joined", "in_all_shards")
PLACES = ("reports_dir",)


def lines(folder: Path) -> list[dict[str, Any]]:
    """The attempts without ids and times, in the order of their points."""
    found = map(json.loads, (folder / "results_attempts.jsonl").read_text().splitlines())
    kept = [{k: v for k, v in line.items() if k not in OF_ONE_RUN} for line in found]
    return sorted(kept, key=lambda line: (line["fn"], line["length"], line["attempt"]))


def manifest(folder: Path) -> dict[str, Any]:
    """run.json without ids, times and places."""
    told: dict[str, Any] = json.loads((folder / "run.json").read_text())
    told = {name: value for name, value in told.items() if name not in OF_ONE_MANIFEST}
    for name in ("options", "defaults_changed"):
        told[name] = {k: v for k, v in told[name].items() if k not in PLACES}
    told["totals"].pop("seconds")
    assert told.pop("results_bytes") == (folder / "results_attempts.jsonl").stat().st_size
    return told


def keys(ledger: Path) -> list[Any]:
    """The keys of a ledger's answers."""
    opened = Ledger(ledger, must_exist=True)
    try:
        return opened.rows("SELECT key, attempt FROM answers ORDER BY key")
    finally:
        opened.close()


def test_shards_put_together_are_the_whole_run(
    tmp_path: Path, datasets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Bench(tmp_path / "whole", datasets)
    parts = [Bench(tmp_path / str(number), datasets) for number in (1, 2, 3)]
    with serve() as server:
        asked = ("--base-url", server.base_url, "--attempts", "2", "--model", "m1")
        grid = (*asked, *words("--functions fn_a,fn_b --lengths 20,25,30 -k 'not first_half-L30'"))
        done = whole(*grid)
        assert done.returncode == 1, done.stdout  # parity of all bits is not fn_b
        of_shards = [
            part(*grid, "--shard", f"{number}/3", *(("-n", "1") if number == 2 else ()))
            for number, part in enumerate(parts, 1)
        ]
    told = [part.manifest() for part in parts]
    for number, (ended, run) in enumerate(zip(of_shards, told, strict=True), 1):
        assert f"Shard      {number}/3, with {run['selected']} of 5 points" in ended.stdout
        assert (run["options"]["shard"], run["in_all_shards"]) == (f"{number}/3", 5)
    assert f"{6 - told[0]['selected']} deselected" in of_shards[0].stdout

    out, folders = tmp_path / "joined", [str(part.reports) for part in parts]
    assert merged.main([*folders, "-o", str(out)]) == 0
    assert ": 3 runs joined, 5 points, 7 answers in the ledger\n" in capsys.readouterr().out
    assert lines(out) == lines(whole.reports)
    assert manifest(out) == manifest(whole.reports)
    assert keys(out / "ledger.sqlite") == keys(whole.reports / "ledger.sqlite")
    assert {file.name for file in out.iterdir()} >= {*whole_names(whole)}
    assert load(out).manifest.joined == tuple(run["run_id"] for run in told)
    for folder in (out, whole.reports):
        with (folder / "results_attempts.csv").open(newline="") as rows:
            assert sum(1 for _ in csv.DictReader(rows)) == 7
    reports = [json.loads((f / "report.json").read_text()) for f in (out, whole.reports)]
    nodes = [sorted(test["nodeid"] for test in report["tests"]) for report in reports]
    assert nodes[0] == nodes[1]
    assert reports[0]["summary"] == reports[1]["summary"]
    assert reports[0]["summary"]["deselected"] == 1

    assert merged.main([*folders[:2], "-o", str(tmp_path / "gap")]) == 2
    missing = f"{told[2]['selected']} point"
    assert missing in (said := capsys.readouterr().err) and said.count("\n") == 1
    assert merged.main([*folders[:2], "-o", str(tmp_path / "gap"), "--partial"]) == 0
    gap = load(tmp_path / "gap").manifest
    assert (gap.selected, gap.exit_status) == (5, 2)
    assert [one.points for one in gap.undecided] == [told[2]["selected"]]


def whole_names(run: Bench) -> list[str]:
    """The files of a run."""
    folder = (run.reports / "run.json").resolve().parent
    return [file.name for file in folder.iterdir()]
