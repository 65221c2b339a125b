"""Runs put together: what is refused in one line, and that nothing is lost in between."""

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.ledger import move, spill
from bench.ledger.rows import Paid
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.options.settings import SettingsError
from bench.proposers.answer_key import canonical, key_of
from bench.proposers.proposer import Request
from bench.question.grid import points
from bench.question.shard import own_points
from bench.record.answer import Answer
from bench.record.attempt import Attempt
from bench.record.codec import to_json
from bench.run.conditions import durations
from bench.run.in_process import run_in_process
from bench.run.readback import Results, load
from bench.run.shards import Part, join
from bench.show import merged
from tests.support import made

GRID = made.paper_grid(attempts=2)
IDS = {number: f"20260101T00000{number}Z-aaaa" for number in range(4)}


def manifest(number: int, count: int, some: list[Attempt], **more: Any) -> dict[str, Any]:
    """The manifest of a shard with these attempts."""
    plain = made.manifest(some)
    options = plain["options"] | {"shard": f"{number}/{count}", "reports_dir": f"/host{number}"}
    points = len({a.point for a in some})
    mine = {"run_id": IDS[number], "selected": points, "in_all_shards": 60, "options": options}
    return plain | mine | more


def shard(number: int, count: int) -> list[Attempt]:
    """The attempts of a shard of GRID."""
    own = own_points({a.point for a in GRID}, f"{number}/{count}")
    return [made.changed(a, run_id=IDS[number]) for a in GRID if a.point in own]


def write(folder: Path, number: int, count: int = 2, **more: Any) -> Path:
    """The folder of a shard of GRID, as its run left it."""
    some = shard(number, count)
    return made.write(folder / str(number), some, manifest(number, count, some, **more))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """The two shards of a run."""
    return write(tmp_path, 1), write(tmp_path, 2)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """The one line of a refusal, after which nothing is left."""
    out = Path(arguments[0]).parent / "out"
    before = sorted(out.parent.glob("*"))
    assert merged.main([*map(str, arguments), "-o", str(out)]) == 2
    assert sorted(out.parent.glob("*")) == before
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


@given(st.lists(st.integers(0, 3), min_size=60, max_size=60))
@settings(max_examples=20)
def test_however_the_points_are_divided_they_are_the_whole_run_together(dealt: list[int]) -> None:
    number_of = dict(zip(dict.fromkeys(a.point for a in GRID), dealt, strict=True))
    parts = []
    for number in sorted(set(dealt)):
        some = [made.changed(a, run_id=IDS[number]) for a in GRID if number_of[a.point] == number]
        results = Results(Path(str(number)), tuple(some), manifest(number, 4, some))
        parts.append(Part(results.path, results, results.manifest))
    results, told = join(parts)
    plain = [to_json(a) | {"run_id": GRID[0].run_id} for a in results.attempts]
    assert sorted(map(str, plain)) == sorted(map(str, map(to_json, GRID)))
    assert told.counts == made.manifest(GRID)["counts"]
    assert (told.selected, told.undecided, told.options["shard"]) == (60, (), None)
    assert (told.totals["attempts"], told.totals["points"]) == (len(GRID), 60)


def test_two_shards_are_a_run_that_every_reader_takes(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (two[0] / "runner.log").write_text('{"event": "a"}\n')
    (two[1] / "runner.log").write_text('{"event": "b"}')  # without its line end
    (two[1] / "transcripts").mkdir()
    (two[1] / "transcripts" / "fn_a-L20-a1.json").write_text("{}")
    out = tmp_path / "deep" / "joined"
    assert merged.main([*map(str, two), "-o", str(out)]) == 0
    assert "2 runs joined, 60 points, 0 answers" in capsys.readouterr().out
    assert (out / "runner.log").read_text() == '{"event": "a"}\n{"event": "b"}\n'
    assert [file.name for file in (out / "transcripts").iterdir()] == ["fn_a-L20-a1.json"]
    assert "<html" in (out / "index.html").read_text()
    assert not (out / "ledger.sqlite").exists() and not (out / "report.json").exists()
    read = load(out)
    assert read.name == read.manifest.run_id == json.loads((out / "run.json").read_text())["run_id"]
    written = [folder / "results_attempts.jsonl" for folder in (*two, out)]
    one, other, joined = (file.read_bytes() for file in written)
    assert joined == one + other
    assert merged.main([*map(str, two), "-o", str(out)]) == 2
    assert f"{out} exists; give a folder that does not, to -o\n" in capsys.readouterr().err


OPTIONS = manifest(2, 2, GRID)["options"]
DATA = {"target": "parity_all", "length": 20, "trial": 1}


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"options": OPTIONS | {"seed": 43}}, "--seed is 42 in "),
        ({"options": OPTIONS | {"attempts": 3}}, "--attempts is None in "),
        ({"options": OPTIONS | {"shard": "2/3"}}, "--shard is 1/2 in "),
        ({"options": OPTIONS | {"shard": "1/2"}}, "shard 1/2 is there twice: in "),
        ({"options": OPTIONS | {"shard": [1]}}, "--shard is 1/2 in "),
        ({"in_all_shards": 70}, "the shards divide 60 and 70 points: "),
        ({"versions": {"project": "0.1.0"}}, "the version (git_commit) is 0123456789abcdef in "),
        ({"datasets": [DATA | {"sha256": "b"}]}, "the dataset of parity_all 20 1 is another one"),
        ({"run_id": "another"}, "run.json cannot be read, or is of another run"),
    ],
)
def test_what_is_not_of_one_run_is_refused(
    told: dict[str, Any], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path, 1, datasets=[DATA | {"sha256": "a"}])
    assert says in refused(capsys, one, write(tmp_path, 2, **told), "--partial")


def test_points_that_are_missing_need_leave(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = len({a.point for a in shard(1, 2)})
    says = f"{60 - here} points missing: there are the shards 1/2 alone; --partial joins what is"
    assert says in refused(capsys, two[0])
    cut_off = {"outcome": "cut off", "reason": "Ctrl-C", "points": 3}
    write(tmp_path, 2, undecided=[cut_off])
    assert "2: 3 points cut off: Ctrl-C; --partial" in refused(capsys, *two)
    write(tmp_path, 2, ended_at=None, exit_status=None, in_all_shards=0, selected=60 - here + 4)
    assert "2 has no end: the run was killed, or goes on; --partial" in refused(capsys, *two)
    assert merged.main([*map(str, two), "-o", str(tmp_path / "out"), "--partial"]) == 0
    told = load(tmp_path / "out").manifest
    assert (told.ended_at, told.exit_status) == (None, 2)
    assert [(one.outcome, one.points) for one in told.undecided] == [("cut off", 4)]
    assert "4 points cut off: their run was killed" in capsys.readouterr().out


def test_a_part_whose_lines_are_lost_is_not_whole(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A kill in the middle of a line, a file that was emptied, one that lacks its last points."""
    own, file = shard(2, 2), two[1] / "results_attempts.jsonl"
    told, lost = json.loads((two[1] / "run.json").read_text()), len({a.point for a in own})
    whole = file.read_bytes()
    lines = zip(whole.splitlines(keepends=True), own, strict=True)
    without_last = b"".join(line for line, a in lines if a.point != own[-1].point)
    no_lines = "cut off: run.json counts them, and the results have no lines of them"
    out = tmp_path / "out"
    for content, ended, says, missing in (
        (b"", True, f"{lost} points {no_lines}", [lost]),
        (without_last, True, f"1 point {no_lines}", [1]),
        (whole[:-20], True, "The last line of the results was cut off", [1]),
        (whole[:-20], False, "has no end: the run was killed", [1]),
        (without_last, False, "has no end: the run was killed", [1]),
    ):
        file.write_bytes(content)
        end = told["ended_at"] if ended else None
        (two[1] / "run.json").write_text(json.dumps(told | {"ended_at": end}))
        assert says in refused(capsys, *two)
        assert merged.main([*map(str, two), "-o", str(out), "--partial"]) == 0
        assert [one.points for one in load(out).manifest.undecided] == missing
        shutil.rmtree(out)
        capsys.readouterr()


def test_links_out_of_a_part_are_not_followed(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "nowhere")
    says = f"{tmp_path / 'out'} exists; give a folder that does not, to -o"
    assert says in refused(capsys, *two)
    (tmp_path / "out").unlink()
    (tmp_path / "secret").write_text("{}")
    (two[1] / "transcripts").mkdir()
    (two[1] / "transcripts" / "a.json").symlink_to(tmp_path / "secret")
    assert "a.json is no file: a transcript of another place is not copied" in refused(capsys, *two)


def test_what_is_no_run_is_refused(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"{tmp_path} is no run's folder: it has no run.json" in refused(capsys, tmp_path)
    for number in (1, 2):
        write(tmp_path / "runs", number)
    assert f"{tmp_path} holds 2 runs; give one of them" in refused(capsys, tmp_path, two[1])
    assert "is there twice: in " in refused(capsys, two[0], two[0])
    (two[1] / "report.json").write_text('{"tests": {}}')
    assert "report.json is no report of pytest-json-report" in refused(capsys, *two)
    lines = two[1] / "results_attempts.jsonl"
    lines.write_text(lines.read_text() + "no attempt\n")
    assert "line of the results is left out" in refused(capsys, *two)
    (two[1] / "run.json").write_text("[]")
    assert "run.json cannot be read" in refused(capsys, *two)


def test_durations_are_of_an_earlier_run_of_this_grid(tmp_path: Path) -> None:
    settings = assemble(functions=("fn_a",), lengths=(20, 100))
    grid, _ = points(settings.grid, settings.question, settings.data)
    earlier = made.write(tmp_path / "run", GRID)
    given = replace(settings.grid, shard="1/2", shard_durations=earlier)
    seconds = durations(given, grid)
    assert seconds is not None and all(seconds[point.key] > 0 for point in grid)
    assert durations(settings.grid, grid) is None
    made.write(tmp_path / "other", made.search(made.SHA))
    for wrong, says in (
        ({"shard": None}, "there is nothing to balance without --shard"),
        ({"shard_durations": tmp_path / "other"}, "has no point of this grid"),
        ({"shard_durations": tmp_path}, "results_attempts.jsonl: No such file or directory"),
    ):
        with pytest.raises(SettingsError, match=f"--shard-durations: .*{says}"):
            durations(replace(given, **wrong), grid)


def test_shards_without_pytest_have_all_points_between_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = {"functions": "fn_a", "lengths": "20,25,30", "dry_run": True, "test_size": 100}
    runs = [run_in_process(asked | {"shard": shard}) for shard in ("1/2", "2/2")]
    lengths = [a.point.length for run in runs for a in run.attempts]
    assert sorted(lengths) == [20, 25, 30]
    told = [(run.manifest.selected, run.manifest.in_all_shards) for run in runs]
    assert told == [(len(run.attempts), 3) for run in runs]


def test_the_ledgers_become_one_with_what_they_had_no_room_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [write(tmp_path / f"host{number}" / "runs", number) for number in (1, 2)]
    rows = [paid(number).row for number in range(4)]
    for folder, some in zip(folders, (rows[:2], rows[1:3]), strict=True):
        ledger = Ledger(folder.parents[1] / "ledger.sqlite")
        move.take(ledger, map(move.line_of, some), "made")
        ledger.close()
    kept = spill.write(spill.folder_in(folders[1].parents[1]), paid(3))
    reports = [folder.parents[1] for folder in folders]
    assert merged.main([*map(str, reports), "-o", str(tmp_path / "joined")]) == 0
    assert "60 points, 4 answers in the ledger" in capsys.readouterr().out
    joined = Ledger(tmp_path / "joined" / "ledger.sqlite", must_exist=True)
    assert {key for (key,) in joined.rows("SELECT key FROM answers")} == {row[0] for row in rows}
    joined.close()
    assert kept is not None and kept.is_file()
    assert not (tmp_path / "joined" / "unrecorded").exists()
    kept.write_text("garbage")
    assert f"{kept}, line 1: not an answer" in refused(capsys, *reports)
    (reports[1] / "ledger.sqlite").write_text("garbage")
    assert "file is not a database" in refused(capsys, *reports)
    newer = sqlite3.connect(reports[0] / "ledger.sqlite")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    assert "schema 99 is newer than" in refused(capsys, *reports)


def paid(number: int) -> Paid:
    """An answer to a question of its own."""
    asked = Request(
        point="p",
        model="gpt-5",
        reasoning_effort="high",
        prompt=f"prompt {number}",
        trial=1,
        attempt=1,
    )
    body = {"input": asked.prompt}
    answer = Answer(text="x", cost_usd=0.5)
    key = key_of(canonical(body), "host", 1, 1)
    return Paid(
        key=key, run_id="r", host="host", request=asked, body=canonical(body), answer=answer
    )
