"""A run in which the rule itself solves one point, and a program that is not it another one."""

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench.run.readback import load
from tests.support.server import Reply, serve
from tests.support.session import Bench

RULE = "def f(x):\n    return x[:len(x) // 2].count('1') % 2\n"
NEARLY = "def f(x):\n    return x.count('1') % 2 if '1' in x else 1\n"
ZEROS = "0" * 20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The run's folder, and what it said."""
    folder = tmp_path_factory.mktemp("recovery")
    bench = Bench(folder, folder / "datasets")
    with serve([Reply(text=json.dumps({"code": code})) for code in (NEARLY, RULE)]) as server:
        done = bench(
            *("--functions", "fn_a,fn_b", "--lengths", "20", "--attempts", "1"),
            *("--model", "m", "--base-url", server.base_url, "--falsify", "400"),
            *("--require-recovery", f"--junitxml={folder / 'junit.xml'}"),
        )
    assert done.returncode == 1, done.stdout + done.stderr
    return folder, done.stdout


def test_the_point_without_the_rule_fails_with_its_counterexample(made: tuple[Path, str]) -> None:
    _, said = made
    where = f"the program says 1 and the rule says 0 on {ZEROS}"
    assert f"fn_a-parity_all-L20: solved, and not the rule: {where}" in said
    assert f"  fn_a-parity_all-L20: not the rule: {where}" in said
    rows = {line.split()[0]: line for line in said.splitlines() if line.startswith("fn_")}
    assert " ✓  " in rows["fn_a-parity_all-L20"]
    assert " ✓ =" in rows["fn_b-parity_first_half-L20"]
    assert "Recovered  1 of 2 solved points\n" in said


def test_every_file_of_the_run_knows_it(made: tuple[Path, str]) -> None:
    folder, _ = made
    reports = folder / "reports"
    totals = json.loads((reports / "run.json").read_text())["totals"]
    assert (totals["solved"], totals["recovered"], totals["refuted"]) == (2, 1, 1)
    rows = list(csv.DictReader((reports / "results_attempts.csv").read_text().splitlines()))
    assert [row["recovered"] for row in rows] == ["False", "True"]
    of_tests = json.loads((reports / "report.json").read_text())["tests"]
    refuted, recovered = (test["metadata"]["outcome"] for test in of_tests)
    assert (refuted["recovered"], recovered["recovered"]) == (False, True)
    assert refuted["counterexample"] == {
        "input": ZEROS,
        "label": 0,
        "prediction": 1,
        "source": "constant",
        "smallest": True,
        "beside": None,
    }
    assert recovered["falsify_tried"] == sum(one["tried"] for one in recovered["agreement"]) == 400
    cases = ET.parse(folder / "junit.xml").iter("testcase")  # noqa: S314 - our own file
    told = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in cases]
    assert [properties["recovered"] for properties in told] == ["False", "True"]
    points = load(reports).dataframe("points")
    assert points["recovered"].tolist() == [False, True]
    assert points["counterexample"].fillna("").tolist() == [ZEROS, ""]


def test_it_needs_inputs_to_try(bench: Bench) -> None:
    done = bench("-k", "fn_a", "--require-recovery", "--falsify", "0")
    assert done.returncode == 4
    assert "--require-recovery: nothing is tried with --falsify 0" in done.stderr
