"""Targets and proposers of others: from a folder's conftest.py, from -p, from a distribution.

The plugins are those of docs/extending.md, as they stand there.
"""

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.support.running import is_running
from tests.support.server import Reply, serve
from tests.support.session import ROOT, Bench, python, words

BLOCK = re.compile(r"(?:^    .*\n(?:\n+(?=    ))?)+", re.MULTILINE)
MODELS = ("always-parity", "tries-all")


def block(holding: str) -> str:
    """The one block of code in the page that holds this."""
    page = (ROOT / "docs/extending.md").read_text("utf-8")
    (found,) = (code for code in BLOCK.findall(page) if holding in code)
    return "".join(line[4:] or "\n" for line in found.splitlines(keepends=True))


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A folder with a conftest.py and a command, and one for sys.path: a module, a distribution."""
    mine, path = tmp_path / "mine", tmp_path / "path"
    info = path / "my_agent-1.2.dist-info"
    for folder in (mine, info):
        folder.mkdir(parents=True)
    (mine / "conftest.py").write_text(block("def more_ones_in_front"))
    (mine / "agent.sh").write_text(block("#!/bin/sh"))
    (mine / "agent.sh").chmod(0o755)
    (path / "my_proposer.py").write_text(block("def always_parity"))
    (path / "my_predictor.py").write_text(block("class Nearest"))
    both = block("def few_or_many") + "\n\n" + block("async def tries_all")
    (path / "my_agent.py").write_text(both)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-agent\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[pytest11]\nmy_agent = my_agent\n")
    return tmp_path


def test_what_the_page_shows_runs_from_each_place(bench: Bench, plugins: Path) -> None:
    sh = f"command:{plugins / 'mine/agent.sh'}"
    command = (
        *(str(plugins / "mine"), "-p", "my_proposer", "-p", "my_predictor"),
        *("--functions", "more_ones_in_front,ten_ones", "--lengths", "50", "--attempts", "1"),
        *("--model", ",".join((*MODELS, "nearest", sh))),
    )
    path = str(plugins / "path")
    done = bench(*command, "-n", "2", key=None, PYTHONPATH=path)
    assert done.returncode == 1 and "7 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    lines = bench.attempts()
    assert {(line["model"], line["proposer"], line["cost_usd"]) for line in lines} == {
        *((model, "function", 0.0) for model in MODELS),
        ("nearest", "nearest", 0.0),
        (sh, "command", 0.0),
    }
    (solved,) = (line for line in lines if line["val_acc"] == 1.0)
    assert (solved["target"], solved["model"]) == ("more_ones_in_front", "tries-all")
    contracts = {(line["hypothesis"], line["contract"]) for line in lines}
    assert contracts == {("program", "strict"), ("predictor", None)}
    origins = [
        json.loads(next(bench.datasets.glob(f"{name}/L50/*/meta.json")).read_text())["origin"]
        for name in ("more_ones_in_front", "ten_ones")
    ]
    assert [origin["plugin"] for origin in origins] == ["mine/conftest.py", "my-agent 1.2"]
    of_plugins = {"more_ones_in_front": "mine/conftest.py", "ten_ones": "my-agent 1.2"}
    of_plugins |= {"always-parity": "my_proposer", "tries-all": "my-agent 1.2"}
    of_plugins["nearest"] = "my_predictor"
    assert bench.manifest()["plugins"] == of_plugins
    (plugins / "mine/agent.sh").unlink()  # nobody is asked
    again = bench(*command, "--replay", "only", key=None, PYTHONPATH=path)
    assert "7 failed, 1 passed" in again.stdout, again.stdout + again.stderr


def test_the_examples_take_ten_lines() -> None:
    for name in ("def more_ones_in_front", "def always_parity"):
        lines = [line for line in block(name).splitlines() if line.strip()]
        assert len(lines) <= 10


WRONG = {
    "gave int, and no list of targets": "    return 7",
    "raised ZeroDivisionError: division by zero": "    1 / 0",
    "gave a str among its targets, which is no Rule": "    return ['fn_a']",
}


@pytest.mark.parametrize("says", WRONG)
def test_a_hook_that_fails_ends_the_run_with_one_line(
    bench: Bench, tmp_path: Path, says: str
) -> None:
    (tmp_path / "conftest.py").write_text(f"def pytest_llmpv_targets():\n{WRONG[says]}\n")
    done = bench(str(tmp_path), "--functions", "fn_a")
    line = f"ERROR: the plugin {tmp_path.name}/conftest.py: pytest_llmpv_targets {says}"
    assert done.returncode == 4 and done.stderr.strip() == line, done.stdout + done.stderr


BROKEN = """
def pytest_llmpv_proposer(model):
    return (lambda examples, prompt: 1 / 0) if model == "broken" else None
"""


def test_a_proposer_that_raises_is_an_error_of_the_point(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(BROKEN)
    few = words("--functions fn_a --lengths 20 --model broken,enumerator --attempts 1")
    done = bench(str(tmp_path), *few, key=None)
    assert done.returncode == 1 and "1 passed, 1 error" in done.stdout, done.stdout
    folder = tmp_path.name
    line = f"broken: the plugin {folder}/conftest.py: ZeroDivisionError: division by zero"
    assert f"fn_a-parity_all-L20-{line}" in done.stdout
    assert [a["model"] for a in bench.attempts()] == ["enumerator"]


LEAVING = """
import sys
import pytest
from targets import from_label

def left_one(x):
    pytest.skip("no library")

def skips(examples, prompt):
    pytest.importorskip("no_such_library")

def pytest_llmpv_targets():
    return [from_label(left_one, lengths=(20,))]

def pytest_llmpv_proposer(model):
    return skips if model == "leaves" else None
"""


def test_what_a_plugin_leaves_by_ends_no_search_of_others(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(LEAVING)
    few = words("--functions left_one,fn_a,fn_b --lengths 20 --model leaves,m1 --attempts 1")
    with serve(Reply(delay=0.5)) as server:
        done = bench(
            str(tmp_path), *few, "--concurrency", "6", "--base-url", server.base_url, "-rA"
        )
        assert len(server.questions) == 2
    assert "1 failed, 1 passed, 4 errors" in done.stdout, done.stdout + done.stderr
    who = f"the plugin {tmp_path.name}/conftest.py"
    for line in (f"{who}: target 'left_one': draw raised Skipped: no library", f"{who}: Skipped: "):
        assert line in done.stdout
    assert [attempt["model"] for attempt in bench.attempts()] == ["m1", "m1"]


NOT_OF_ZEROS = """
from targets import from_label

def few_ones(x):
    return int(len(x) / x.count("1") > 2)

def pytest_llmpv_targets():
    return [from_label(few_ones, lengths=(20,))]
"""


def test_a_rule_that_fails_where_nothing_is_drawn_counts_against_no_program(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(NOT_OF_ZEROS)
    few = (str(tmp_path), "--functions", "few_ones")
    line = f"the plugin {tmp_path.name}/conftest.py: target 'few_ones': label raised ZeroDivision"
    done = bench(*few)
    assert done.returncode == 0, done.stdout
    outcome = bench.attempts()[-1]["outcome"]
    assert outcome["recovered"] is None and outcome["falsify_error"].startswith(line)
    needed = bench(*few, "--require-recovery")
    assert "1 error" in needed.stdout and f"few_ones-L20: {line}" in needed.stdout, needed.stdout


def test_a_ctrl_c_kills_a_command_with_its_group(bench: Bench, tmp_path: Path) -> None:
    agent, pids = tmp_path / "agent.sh", tmp_path / "pids"
    agent.write_text(f"#!/bin/sh\nsleep 3600 &\necho $! > {pids}.new\nmv {pids}.new {pids}\nwait\n")
    agent.chmod(0o755)
    run = bench.start(*words(f"--functions fn_a --lengths 20 --model command:{agent}"))
    while not pids.exists():
        assert run.poll() is None
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGINT)
    assert run.wait(60) == 2
    assert not is_running(int(pids.read_text()))


def test_tests_of_others_in_the_same_run_show_their_assertions(
    bench: Bench, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "conftest.py").write_text(
        "import pytest\n\npytest.register_assert_rewrite('my_helper')\n"
    )
    (mine / "my_helper.py").write_text("def check(number):\n    assert number == 2\n")
    (mine / "mine_test.py").write_text(
        "def test_point(searched):\n    assert searched.outcome.solved\n\n"
        "def test_helper():\n    from my_helper import check\n    check(3)\n\n"
        "def test_without_a_message():\n    raise AssertionError\n"
    )
    done = bench(str(mine), *words("--functions fn_a --lengths 20"))
    assert done.returncode == 1 and "2 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "assert 3 == 2" in done.stdout and "raise AssertionError" in done.stdout


BESIDE = """
import pytest

@pytest.mark.parametrize("called", ["fn_a-parity_all-L20", "x"])
def test_with_the_id_of_a_point(called):
    assert len(called) == 7, called

def test_that_raises():
    {}["nothing"]
"""


@pytest.mark.parametrize("processes", ["", "-n 1"])
def test_a_file_outside_of_the_root_is_the_benchmark_all_the_same(
    bench: Bench, tmp_path: Path, processes: str
) -> None:
    (tmp_path / "mine").mkdir()
    mine, root = tmp_path / "mine" / "beside_test.py", tmp_path / "root"
    mine.write_text(BESIDE)
    root.mkdir()
    (root / "pytest.ini").write_text("[pytest]\n")
    few = "-k 'fn_a or beside' --functions fn_a,fn_b --lengths 20 --model learner:majority"
    done = python(
        *words(f"pytest --pyargs bench.test_synthesis {few} --test-size 200 {processes}"),
        str(mine),
        f"--dataset-dir={bench.datasets}",
        folder=root,
    )
    assert "Solved     0 of 1 point (" in done.stdout and "Not decided" not in done.stdout
    assert "fn_a-parity_all-L20: best validation accuracy" in done.stdout, done.stdout + done.stderr
    assert "searched = " not in done.stdout


@pytest.mark.parametrize("processes", ["", "-n 1"])
def test_tests_of_others_are_no_points(bench: Bench, tmp_path: Path, processes: str) -> None:
    (tmp_path / "beside_test.py").write_text(BESIDE)
    few = f"--functions fn_a,fn_b --lengths 20 -k 'fn_a or beside' {processes}"
    done = bench(str(tmp_path), *words(few))
    assert done.returncode == 1 and "3 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    for line, says in ((6, "AssertionError: x"), (9, "KeyError: 'nothing'")):
        assert f"beside_test.py:{line}: " in done.stdout and f"E       {says}" in done.stdout
    assert "Solved     1 of 1 point (" in done.stdout and "Not decided" not in done.stdout
    run = bench.manifest()
    assert (run["selected"], run["undecided"], run["counts"]) == (1, [], {"passed": 1})
    report = json.loads((bench.reports / "report.json").read_text())
    held = {test["nodeid"].partition("::")[2]: test.get("metadata") for test in report["tests"]}
    assert len(held.pop("test_synthesis[fn_a-parity_all-L20]")["attempts"]) == 1
    assert set(held.values()) == {None}


@pytest.mark.parametrize("processes", ["", "-n 1"])
def test_searches_of_tests_of_others_are_recorded(
    bench: Bench, tmp_path: Path, processes: str
) -> None:
    (tmp_path / "beside_test.py").write_text("def test_mine(searched):\n    pass\n")
    points = "-k 'test_synthesis and fn_a or test_mine and (fn_b or fn_c)'"
    bench(str(tmp_path), *words(f"--functions fn_a,fn_b,fn_c --lengths 20 {points} {processes}"))
    assert {attempt["fn"] for attempt in bench.attempts()} == {"fn_a", "fn_b", "fn_c"}
    totals = bench.manifest()["totals"]
    assert (totals["points"], totals["attempts"]) == (3, len(bench.attempts()))
