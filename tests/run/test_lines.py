"""The files of a run: whole at any moment, and readable by others."""

import csv
import errno
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.record.codec import CSV_COLUMNS, to_json
from bench.record.name_swap import swap_names
from bench.record.whole import WholeLines
from bench.record.wording import printable
from bench.run.file_names import LINKED
from bench.run.lines import csv_head, csv_rows, json_line
from tests.support import made

ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from pathlib import Path
from bench.run.lines import json_line
from bench.record.whole import WholeLines
file = WholeLines(Path(sys.argv[1]))
for n in range(10**6):
    file.append(json_line({"n": n, "text": "x" * 300_000}) + json_line({"n": n}))
"""


@pytest.mark.parametrize("seconds", [0.03, 0.08, 0.15, 0.3])
def test_a_kill_at_any_moment_leaves_whole_lines(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "results_attempts.jsonl"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], cwd=ROOT) as writer:
        while not path.exists() or not path.stat().st_size:
            time.sleep(0.005)
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
    text = path.read_text()
    assert text.endswith("\n")
    numbers = [json.loads(line)["n"] for line in text.splitlines()]
    assert numbers == [n // 2 for n in range(len(numbers))]
    assert len(numbers) % 2 == 0, "lines that are appended together are there together"


def test_lines_for_which_there_is_no_room_are_written_once_there_is(tmp_path: Path) -> None:
    full = """
import resource, sys
from pathlib import Path
from bench.record.whole import WholeLines
file = WholeLines(Path(sys.argv[1]))
file.append("one\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
try:
    file.append("two, a long one\\n")
except OSError:
    print(Path(sys.argv[1]).read_text(), end="")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
file.append("three\\n")
file.append("four\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
try:
    file.append("five, a long one\\n", anew=True)
except OSError:
    print(Path(sys.argv[1]).read_text(), end="")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
file.append("six\\n")
file.append("")
"""
    path = tmp_path / "lines"
    done = subprocess.run(
        [sys.executable, "-c", full, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "one\none\ntwo, a long one\nthree\nfour\n"
    assert path.read_text() == "five, a long one\nsix\n"


def _refuse(*_: object, **__: object) -> None:
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


@pytest.mark.parametrize("lacks", ["nothing", "swaps", "links"])
def test_lines_are_written_anew_also_where_names_are_not_exchanged_or_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    if lacks == "swaps":
        monkeypatch.setattr("bench.record.whole.swap_names", lambda *_: False)
    if lacks == "links":
        monkeypatch.setattr("os.link", _refuse)
    file = WholeLines(tmp_path / "lines", "head\n")
    for lines, anew, holds in (
        ("one\n", False, "one\n"),
        ("two\n", False, "one\ntwo\n"),
        ("three\n", True, "three\n"),
        ("four\n", True, "four\n"),
        ("", False, "four\n"),
        ("five\nsix\n", False, "four\nfive\nsix\n"),
        ("", True, ""),
        ("seven\n", False, "seven\n"),
    ):
        file.append(lines, anew=anew)
        assert file.path.read_text() == "head\n" + holds
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]


def test_a_file_that_somebody_removes_is_there_again_with_the_next_line(tmp_path: Path) -> None:
    file = WholeLines(tmp_path / "lines")
    for number in range(4):
        file.append(f"{number}\n")
        if number == 1:
            file.path.unlink()
    assert file.path.read_text() == "0\n1\n2\n3\n"
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]


def _holds_each_line_at_once(file: WholeLines, before: str = "") -> bool:
    for number in range(4):
        file.append(f"{number}\n")
        before += f"{number}\n"
        if file.path.read_text() != before:
            return False
    return True


def test_a_file_that_somebody_puts_in_the_place_goes_with_the_next_line(tmp_path: Path) -> None:
    file, theirs = WholeLines(tmp_path / "lines"), tmp_path / "theirs"
    file.append("first\n")
    theirs.write_text("theirs\n")
    theirs.replace(file.path)
    assert _holds_each_line_at_once(file, "first\n")
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_file_that_another_run_began_is_begun_anew(tmp_path: Path, has_ended: bool) -> None:
    before = WholeLines(tmp_path / "lines")
    before.append("before\n")
    if has_ended:
        before.close()  # else it was killed, and left its copies
    assert _holds_each_line_at_once(WholeLines(tmp_path / "lines"))


def test_names_are_exchanged_where_the_system_can_and_else_nothing_happens(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    assert not swap_names(one, other)
    other.write_text("2")
    is_done = swap_names(one, other)
    assert is_done or sys.platform != "linux"
    assert (one.read_text(), other.read_text()) == (("2", "1") if is_done else ("1", "2"))


@given(text=st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_of_a_model_goes_through_both_files(text: str) -> None:
    (attempt,) = made.search(text=text, error_detail=text)
    line = json_line(to_json(attempt))
    assert line.count("\n") == 1
    assert json.loads(line)["text"] == text
    (row,) = csv.DictReader(io.StringIO(csv_head() + csv_rows([to_json(attempt)]), newline=""))
    assert tuple(row) == CSV_COLUMNS
    assert row["text"].removeprefix("'") == printable(text).removeprefix("'")


def test_links_lead_to_the_last_run_and_to_nothing_older(tmp_path: Path) -> None:
    for name in ("first", "second"):
        run = made.run_files(tmp_path, name)
        assert {(tmp_path / name).readlink() for name in LINKED} == {
            Path("runs", run.id, name) for name in LINKED
        }
        if name == "first":
            run.write_report(["{}\n"])
        run.close()
    assert (tmp_path / "run.json").readlink() == Path("runs/second/run.json")
    assert not (tmp_path / "report.json").is_symlink()


def test_where_there_are_no_symlinks_the_last_run_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.json").symlink_to("runs/older/report.json")
    (tmp_path / "run.json").write_text("of a run before")
    monkeypatch.setattr("os.symlink", _refuse)
    run = made.run_files(tmp_path, "last")
    assert not (tmp_path / "run.json").exists() and not (tmp_path / "report.json").is_symlink()
    run.finish(0, ())
    run.close()
    assert json.loads((tmp_path / "run.json").read_text())["run_id"] == "last"
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        "results_attempts.csv",
        "results_attempts.jsonl",
        "run.json",
        "runner.log",
        "runs",
    }


def test_the_report_is_written_in_a_further_place(tmp_path: Path) -> None:
    run = made.run_files(tmp_path)
    run.write_report(["{", "}\n"])
    run.write_report(["{}\n"], tmp_path / "new" / "my.json")
    for place in (tmp_path / "new/my.json", run.folder / "report.json"):
        assert place.read_text() == "{}\n"
    run.write_report(["{}"], tmp_path / "runs")
    why = "Is a directory: make it possible to write it, and run again"
    assert run.problems() == [f"cannot write {tmp_path / 'runs'}: {why}"]
