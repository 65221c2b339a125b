"""Real runs of the benchmark, gated on a baseline and compared with each other."""

import json
from pathlib import Path
from xml.etree import ElementTree

from bench.run.readback import load
from tests.support.server import GOOD, Reply, serve
from tests.support.session import Bench, command, python, words


def test_the_gate_is_red_exactly_on_a_regression(bench: Bench, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    grid = words("--functions fn_a,fn_l --lengths 20 --attempts 1 --enumerator-seconds 0.2")
    made = bench(*grid, "--write-baseline", str(baseline))
    assert made.returncode == 1, made.stdout  # nothing solves fn_l
    kept = json.loads(baseline.read_text())
    assert [(p["key"]["fn"], p["solved"]) for p in kept["points"]] == [
        ("fn_a", True),
        ("fn_l", False),
    ]

    junit = ("--junitxml", str(tmp_path / "junit.xml"))
    green = bench(*grid, "--baseline", str(baseline), "--min-solved", "1", *junit)
    assert green.returncode == 0, green.stdout
    assert "1 passed, 1 xfailed" in green.stdout
    cases = ElementTree.parse(tmp_path / "junit.xml").iter("testcase")  # noqa: S314 - pytest's own
    for case, solved in zip(cases, ("True", "False"), strict=True):
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        assert properties["solved"] == solved
        assert {
            "val_acc",
            "test_acc",
            "test_size",
            "attempts",
            "selected",
            "description_bits",
        } <= set(properties)
        assert json.loads(properties["bounds"] or "")["confidence"] == 0.95

    # A regression is planted: the baseline says that fn_l was solved once.
    kept["points"][1]["solved"] = True
    baseline.write_text(json.dumps(kept))
    red = bench(*grid, "--baseline", str(baseline))
    assert red.returncode == 1, red.stdout
    assert "1 failed, 1 passed" in red.stdout

    gated = ("--baseline", str(baseline), "--baseline-ignore", "model")
    asked = ("--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--max-retries", "0")
    written = ("--write-baseline", str(baseline))
    down = bench(*grid, *gated, *written, *asked, OPENAI_API_KEY="sk-x")
    assert down.returncode == 1, down.stdout
    assert "2 errors" in down.stdout  # an outage is no expected failure
    assert f"--write-baseline: {baseline} is not written: 2 points not decided" in down.stdout
    assert json.loads(baseline.read_text()) == kept

    other = bench(*grid, "--baseline", str(baseline), "--seed", "7")
    assert other.returncode == 4, other.stdout
    assert "--seed" in other.stdout + other.stderr


BROKEN = """
import pathlib, sys
for name in [name for name in sys.modules if name.startswith('bench.show.page')]:
    del sys.modules[name]  # it is imported again, without what it needs
sys.modules['jinja2'] = None
usual = pathlib.Path.replace
def replace(self, target):
    if str(target).endswith('b.json'):
        raise OSError(28, 'No space left on device')
    return usual(self, target)
pathlib.Path.replace = replace
"""


def test_too_few_solved_points_a_page_and_a_baseline_that_fail_are_told_at_a_whole_end(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "breaks_its_end.py").write_text(BROKEN)
    grid = words("--functions fn_a,fn_l --lengths 20 --attempts 1 --enumerator-seconds 0.2")
    gate = ("--min-solved", "2", "--write-baseline", str(tmp_path / "new" / "b.json"))
    done = bench(*grid, *gate, "-p", "breaks_its_end", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    problems = [
        line for line in done.stdout.splitlines() if line.startswith(("--min", "--wri", "The page"))
    ]
    assert problems[0] == "--min-solved: 1 point solved, and 2 asked for"
    assert problems[1].endswith("new/b.json: No space left on device")
    assert problems[2].startswith("The page could not be built (ModuleNotFoundError: ")
    assert len(problems) == 3
    assert "Solved     1 of 2 points" in done.stdout
    assert "Not decided" not in done.stdout  # a failed test is decided
    run = bench.manifest()
    assert run["ended_at"] and run["exit_status"] == 1
    assert json.loads((bench.reports / "report.json").read_text())["exitcode"] == 1
    assert not (bench.reports / "index.html").exists()


def test_a_disk_that_is_full_ends_no_run_and_makes_it_red(bench: Bench) -> None:
    grid = ("--functions", "fn_a", "--lengths", "20,25,30", "--test-size", "100")
    done = bench(*grid, "-ptests.support.full_disk")
    assert done.returncode == 1 and "3 passed" in done.stdout, done.stdout
    # Not only what was written
    assert "Solved     3 of 3 points" in done.stdout and "Attempts   3\n" in done.stdout
    assert "results_attempts.jsonl: File too large: free some space, and run again" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    # Whole lines, and not all
    assert len(load(bench.reports / "results_attempts.jsonl").attempts) in (1, 2)


def test_a_baseline_that_shares_no_point_with_what_was_selected_is_refused(
    bench: Bench, tmp_path: Path
) -> None:
    baseline = tmp_path / "baseline.json"
    grid = ("--functions", "fn_a,fn_b", "--lengths", "20", "--attempts", "1")
    assert bench(*grid, "-k", "fn_a", "--write-baseline", str(baseline)).returncode == 0
    runs = list((bench.reports / "runs").iterdir())
    of_fn_b = (*grid, "-k", "fn_b", "-n", "1", "--baseline", str(baseline))
    against = ("--baseline", str(baseline))
    asked = ("--model", "new", "-k", "fn_a")
    renamed_to_new = (*grid, *asked, *against, "--base-url", "http://127.0.0.1:9/v1")
    other, renamed = bench(*of_fn_b), bench(*renamed_to_new)
    alone = bench(*grid, "--baseline-ignore", "model")
    assert other.returncode == 4, other.stdout
    assert other.stderr.count("no point of this run is in this baseline; make one") == 1
    assert "INTERNALERROR" not in other.stdout + other.stderr
    assert alone.returncode == 4 and "nothing to ignore without --baseline" in alone.stderr
    assert renamed.returncode == 4 and "give --baseline-ignore model to gate" in renamed.stderr
    assert list((bench.reports / "runs").iterdir()) == runs
    partly = bench(*grid, "--baseline", str(baseline)).stdout
    assert partly.count("--baseline: 1 of 2 points not in baseline.json: they may fail") == 1

    wrong = json.dumps({"code": "def f(x):\n    return 1\n"})
    with serve(Reply(text=wrong)) as server:
        ignoring = (*against, "--baseline-ignore", "model", "--base-url", server.base_url)
        red = bench(*grid, *asked, *ignoring, OPENAI_API_KEY="sk-x")
    assert red.returncode == 1 and "1 failed" in red.stdout, red.stdout


def test_the_benchmark_and_the_suite_run_apart() -> None:
    apart = "ERROR: the benchmark and the project's own suite run apart: give bench, or tests\n\n"
    for places in (["."], ["bench", "tests"], ["tests/runs/test_gated_runs.py", "bench"]):
        done = python("pytest", *places, "--collect-only", "-q", "-pno:hypothesispytest")
        assert (done.returncode, done.stderr) == (4, apart), places
    for option in ("--functions=fn_a", "--dry-run", "--header=X-A=b"):
        done = python("pytest", option, "tests/runs", "--collect-only", "-q")
        says = f"ERROR: {option.partition('=')[0]}: only the benchmark takes it; name the benchmark"
        assert (done.returncode, done.stderr.startswith(says)) == (4, True), done.stderr
    suite = ("pytest", "tests/runs", "--collect-only", "-q")
    done = python(*suite, PYTEST_ADDOPTS="--ledger=answers.sqlite")  # it is for all runs
    assert done.returncode == 0, done.stderr


def test_two_runs_of_the_enumerator_are_compared(bench: Bench) -> None:
    grid = ("--functions", "fn_a,fn_e,fn_g", "--lengths", "20", "--attempts", "1")
    for seconds in ("0.01", "3"):
        bench(*grid, "--enumerator-seconds", seconds)
    little, much = sorted(
        (bench.reports / "runs").iterdir(), key=lambda run: (run / "run.json").stat().st_mtime
    )
    (found,) = json.loads(command("bench.compare", str(little), str(much), "--format", "json"))
    solved = [sum(p.solved for p in load(run).points) for run in (little, much)]
    assert [found["total"]["solved_a"], found["total"]["solved_b"]] == solved
    assert found["options"] == {"enumerator_seconds": [0.01, 3.0]}
    assert (found["paired"], found["left_out"], len(found["points"])) == (True, 0, 3)
    assert found["total"]["only_b"] - found["total"]["only_a"] == solved[1] - solved[0]
    assert solved[1] == 3
    page = (bench.reports / "index.html").read_text()
    assert all(f'id="{p.key.id()}"' in page for p in load(much).points)


def test_a_search_that_an_outage_cut_short_is_an_error_and_counts_for_nothing(bench: Bench) -> None:
    wrong = json.dumps({"code": "def f(x):\n    return 1\n"})
    grid = ("--functions", "fn_a", "--lengths", "20,25", "--model", "m", "--max-retries", "0")
    with serve([Reply(text=GOOD), Reply(text=wrong), Reply(status=500)]) as server:
        done = bench(*grid, "--base-url", server.base_url, OPENAI_API_KEY="sk-x")
    assert "1 passed, 1 error" in done.stdout
    assert "Solved     1 of 1 point " in done.stdout
    assert "Attempts   2, 1 point not decided" in done.stdout
    first, cut = load(bench.reports).points
    assert (first.decided, cut.decided, len(cut.attempts)) == (True, False, 1)
    assert f"  error    {cut.key.id()}\n" in done.stdout
    assert f'aria-label="{cut.key.id()}: cut short' in (bench.reports / "index.html").read_text()
