"""Whole runs of the benchmark, as a user starts them, against a model server on loopback."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

from bench.show.run_list import find
from llm_pv_bench import BENCH
from tests.support.server import GOOD, Reply, error, serve
from tests.support.session import ROOT, Bench, words


def test_each_broken_answer_is_one_failed_attempt_of_the_right_error(bench: Bench) -> None:
    answers = {
        "timeout": json.dumps({"code": "def f(x):\n    while True: pass\n"}),
        "syntax_error": json.dumps({"code": "def f(x:\n"}),
        "no_code": "I would rather not.",
    }
    thought = {"type": "reasoning", "content": [{"type": "reasoning_text", "text": GOOD}]}
    script = [
        *(Reply(text=text) for text in answers.values()),
        Reply(text="prose " * 180_000),
        Reply(text=None, output=[thought]),
    ]
    with serve(script) as server:
        done = bench(
            *words(
                f"--functions fn_a --lengths 20 --model m1 --base-url {server.base_url} "
                "--eval-timeout 0.2"
            ),
        )
    assert done.returncode == 0, done.stdout
    attempts = bench.attempts()
    last = attempts[-1]
    assert [a["error"] for a in attempts] == [*answers, "no_code", None]
    assert [a["selected"] for a in attempts] == [False, False, False, False, True]
    assert last["outcome"]["solved"]
    assert (last["text"], last["contract"]) == (GOOD, "lenient")


def test_two_models_meet_the_same_datasets_and_the_artifacts_agree(bench: Bench) -> None:
    with serve() as server:
        grid = words("--functions fn_a,fn_b --lengths 20,25 --model m/1,m2 --attempts 1")
        done = bench(*grid, "--base-url", server.base_url, "-n", "1", "-rA")
        asked = len(server.questions)
        again = bench(*grid, "--base-url", server.base_url, CI="true")
        assert len(server.questions) == asked == 8
    assert done.returncode == 1, done.stdout  # parity of all bits is not fn_b
    # The id can be pasted, and the reason read.
    lines = done.stdout.splitlines()
    failed = next(n for n, line in enumerate(lines) if line.startswith("FAILED "))
    name = "FAILED bench/test_synthesis.py::test_synthesis[fn_b-parity_first_half-L20-m_1]"
    assert lines[failed] == name and lines[failed - 1].startswith("PASSED bench/")
    assert done.stdout.count("= short test summary info =") == 1
    assert lines[failed + 1].startswith("    best validation accuracy 0.")
    assert all(len(line) <= 100 for line in lines[failed:])
    # On CI pytest cuts nothing, so that a reason stays beside its id.
    assert f"{name} - fn_b-parity_first_half-L20-m_1: best validation accuracy 0." in again.stdout
    attempts = bench.attempts()
    assert {a["replayed"] for a in attempts} == {True}
    assert again.returncode == 1
    by_data: dict[str, set[str]] = {}
    for a in attempts:
        by_data.setdefault(a["dataset_sha256"], set()).add(a["model"])
    assert list(by_data.values()) == [{"m/1", "m2"}] * 4
    reports = bench.reports
    report = json.loads((reports / "report.json").read_text())
    assert sorted(
        a["code_sha256"] for t in report["tests"] for a in t["metadata"]["attempts"]
    ) == sorted(a["code_sha256"] for a in attempts)
    rows = list(csv.DictReader(io.StringIO((reports / "results_attempts.csv").read_text())))
    assert [r["val_acc"] for r in rows] == [str(a["val_acc"]) for a in attempts]
    for a in attempts:
        wrong = round((1 - a["val_acc"]) * a["outcome"]["val_size"])
        assert len(a["val_wrong"]) == min(10, wrong)
        assert all(one["prediction"] == 1 - one["label"] for one in a["val_wrong"])
    run = json.loads((reports / "run.json").read_text())
    assert run["counts"] == {"passed": 4, "failed": 4} and run["exit_status"] == 1
    assert run["totals"]["attempts"] == 8
    events = [json.loads(line) for line in (reports / "runner.log").read_text().splitlines()]
    assert {event["run_id"] for event in events} == {run["run_id"]}
    assert {event["event"] for event in events} >= {
        "attempt",
        "dataset_reused",
        "artifacts_written",
    }
    for event in events:
        assert (
            datetime.fromisoformat(event["ts"]).tzinfo
            and event["level"]
            and event["worker"] == "master"
        )
    assert any("fn_a-parity_all-L20-m_1" in t["nodeid"] for t in report["tests"])
    for file in reports.rglob("*"):
        assert not file.is_file() or b"sk-test-key" not in file.read_bytes()


def test_a_missing_key_is_one_line_at_the_start_and_nothing_is_begun(bench: Bench) -> None:
    grid = ("--functions", "fn_a", "--lengths", "20,25", "--model", "gpt-5")
    address = ("--base-url", "http://127.0.0.1:9/v1")
    cases = (
        ((), "--model gpt-5: no API key: set OPENAI_API_KEY or give --api-key-file; --dry-run"),
        ((*address, "-n", "2"), "; for a server that checks none, any word will do"),
    )
    for more, says in cases:
        done = bench(*grid, *more, key=None)
        assert done.returncode == 4, done.stdout
        assert says in done.stderr
        assert "Traceback" not in done.stdout + done.stderr
    assert not bench.reports.exists()


def test_what_selects_nothing_leaves_the_run_before_it_alone(bench: Bench, tmp_path: Path) -> None:
    grid = ("--functions", "fn_a", "--lengths", "20")
    assert bench(*grid).returncode == 0
    before = sorted(tmp_path.rglob("reports/*")), (bench.reports / "run.json").read_bytes()
    test = f"{BENCH}/test_synthesis.py::test_synthesis"
    broken = tmp_path / "test_broken.py"
    broken.write_text("import no_such_module")
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    cases = (
        (("-m", "papr"), 4, "-m: no marker is called 'papr'; nearest: paper"),
        (("-k", "fn_zz"), 5, "1 deselected"),
        (("-k", "fn_zz", "-n", "1"), 5, "no tests ran"),
        (("-k", "fn_a and"), 4, "ERROR: Wrong expression passed to '-k': fn_a and"),
        (("-m", "paper or", "-n", "1"), 4, "ERROR: Wrong expression passed to '-m': paper or"),
        (("fn_a", "-n", "1"), 4, "ERROR: file or directory not found: fn_a; points are selected"),
        ((str(circle),), 4, f"ERROR: file or directory not found: {circle}; points are selected"),
        ((f"{circle}/below", "-n", "1"), 4, f"file or directory not found: {circle}/below; "),
        ((f"{test}[fn_a-parity_all-L20-m]",), 4, "ERROR: fn_a-parity_all-L20-m: there is no"),
        ((f"{test}[fn_a-parity_all-L25]", "-n1"), 4, "ERROR: fn_a-parity_all-L25: there is no"),
        ((str(broken),), 2, "Interrupted: 1 error during collection"),
        (("--fixtures",), 0, "worker_id"),
        (("--fixtures-per-test",), 0, "fixtures used by test_synthesis[fn_a-parity_all-L20]"),
    )
    for more, status, says in cases:
        done = bench(*grid, *more)
        assert done.returncode == status, done.stdout + done.stderr
        assert says in done.stdout + done.stderr
        assert "LLM-PV bench" not in done.stdout
    run = json.loads(before[1])
    assert (run["selected"], run["undecided"]) == (1, [])
    assert before == (
        sorted(tmp_path.rglob("reports/*")),
        (bench.reports / "run.json").read_bytes(),
    )


def test_an_outage_is_told_once_with_how_many_points_it_befell(bench: Bench) -> None:
    grid = ("--functions", "fn_a,fn_b", "--lengths", "20,25", "--model", "m1", "--max-retries", "0")
    with serve(error(401, "no such key")) as server:
        done = bench(*grid, "--base-url", server.base_url)
    assert "4 errors" in done.stdout
    # The first, and the three that followed
    assert done.stdout.count("ERROR at setup of") == 2, done.stdout
    assert "fn_a-parity_all-L25 and 2 more points: nothing more is asked in this run" in done.stdout
    told = done.stdout[done.stdout.index("short test summary info") :].splitlines()[1:5]
    assert [line[:9] for line in told] == ["ERROR ben", "    HTTP ", "ERROR ben", "    and 2"]
    (first, rest) = bench.manifest()["undecided"]
    assert (first["outcome"], first["points"], rest["points"]) == ("error", 1, 3)
    (listed,) = find(bench.reports)
    assert str(listed.state).startswith(
        "outage: 4 of 4 points: nothing more is asked in this run: HTTP 401, "
    )
    report = json.loads((bench.reports / "report.json").read_text())
    assert report["summary"]["error"] == 4


def test_splits_are_the_same_bytes_in_another_process_and_order(
    bench: Bench, tmp_path: Path
) -> None:
    hashed: dict[str, str] = {"PYTHONHASHSEED": "2"}  # the first has a seed by chance
    for name, functions, env in (("one", "fn_a,fn_g", {}), ("two", "fn_g,fn_a", hashed)):
        grid = ("--functions", functions, "--lengths", "20,25", "--dry-run")
        bench(*grid, "--dataset-dir", str(tmp_path / name), key=None, **env)
    files = {
        p.relative_to(tmp_path / "one"): p.read_bytes() for p in (tmp_path / "one").rglob("*.txt")
    }
    assert len(files) == 12
    assert files == {
        p.relative_to(tmp_path / "two"): p.read_bytes() for p in (tmp_path / "two").rglob("*.txt")
    }


WRONG = (
    (("--functions", "parity_al"), "parity_all"),
    (
        ("--out-csv", f"{__file__}/x.csv"),
        f"--out-csv: cannot write {__file__}/x.csv: File exists; give another file",
    ),
    (
        ("--out-jsonl", "/dev/stdout"),
        "--out-jsonl: cannot write /dev/stdout: a device or a pipe, and no file; give another file",
    ),
    (
        ("--write-baseline", "/dev/null", "-k", "fn_a"),
        "--write-baseline: cannot write /dev/null: a device or a pipe, and no file; give another",
    ),
    (
        ("--write-baseline", f"{__file__}/b", "-k", "fn_a"),
        f"--write-baseline: cannot write {__file__}/b: File exists; give another file",
    ),
    (
        ("--out-csv", "one", "--out-jsonl", "some/../one"),
        f"--out-csv: {ROOT}/one is the file of --out-jsonl; give another file",
    ),
    (
        ("--write-baseline", "one", "--out-csv", "one", "-k", "fn_a"),
        f"--write-baseline: {ROOT}/one is the file of --out-csv; give another file",
    ),
    (
        ("--ledger", "one", "--out-jsonl", "one", "--dry-run"),
        f"--out-jsonl: {ROOT}/one is the file of --ledger; give another file",
    ),
    (
        ("--json-report-file", "one", "--ledger", "one"),
        f"--json-report-file: {ROOT}/one is the file of --ledger; give another file",
    ),
    (("--min-solved", "6", "-k", "fn_a"), "--min-solved: 6 is not allowed; give at most 5"),
    (
        ("--base-url", "localhost:8000/v1", "--model", "m1"),
        "--base-url: 'localhost:8000/v1' is not allowed",
    ),
    # The published 60 points
    (("--model", "gpt-5"), "--model gpt-5: up to 300 requests can cost $"),
    (("--batch", "--model", "m1", "-n", "2"), "--batch: one process holds all searches"),
    (("--api", "chat", "--background", "--model", "m1"), "--background: Chat Completions has none"),
    (
        ("--api", "chat", "--enable-code-interpreter", "--model", "m1"),
        "--enable-code-interpreter (--tools code_interpreter): Chat",
    ),
)


def test_a_wrong_value_ends_the_run_at_start_with_one_line(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "more.json"
    path.write_text('{"model": "gpt-5-pro"}')
    not_sent = f"--request-json: {path}: 'model' is not allowed; give --model"
    cases = (*WRONG, (("--model", "m1", "--request-json", str(path)), not_sent))
    for arguments, says in cases:
        done = bench(*arguments)
        assert done.returncode == 4, (arguments, done.stdout + done.stderr)
        assert says in done.stderr
        assert "Traceback" not in done.stdout + done.stderr
    assert not bench.reports.exists(), "nothing was begun"


def test_an_address_in_the_environment_is_checked_as_well(bench: Bench) -> None:
    done = bench("--model", "m1", OPENAI_BASE_URL="ftp://127.0.0.1/v1")
    assert (
        done.returncode == 4
        and "OPENAI_BASE_URL: 'ftp://127.0.0.1/v1' is not allowed; give a URL" in done.stderr
    )
