"""What came from outside can only be read: on a terminal, in a message, in a spreadsheet."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.record.csvtext import csv_line
from bench.record.undecided import Undecided
from bench.record.wording import ONE_LINE, UNPRINTABLE, printable
from bench.run.manifest import Manifest
from bench.show.compare.__main__ import main as compare
from bench.show.run_list import main as runs
from bench.show.terminal.summary import summarise
from tests.support.made import search, write

EVIL = "\ud83d\x1b[2J\x1b]0;title\x07\x9b31m\u202ednetni\x7f\x00"
"""Half a surrogate pair, and what clears a screen, sets its title, colours it, and turns the
writing.
"""


def test_what_is_unprintable_is_escaped_as_json_does_it() -> None:
    assert printable(EVIL) == (
        r"\ud83d\u001b[2J\u001b]0;title\u0007\u009b31m\u202ednetni\u007f\u0000"
    )
    assert printable("a\tb\r\nc\n\u2028\r\u061c") == r"a	b/c/\u2028\u000d\u061c".replace(
        "/", "\n"
    )


@given(st.text(st.characters(exclude_categories=())))
def test_one_line_holds_printable_characters_alone(text: str) -> None:
    shown = printable(text, ONE_LINE)
    assert shown.isprintable()
    assert shown == text or not text.isprintable()


def test_one_line_escapes_as_python_does() -> None:
    shown = printable("a\tb\nc \x1b\u202e\ud83d\xa0\xe9", ONE_LINE)
    assert shown == r"a\tb\nc \x1b\u202e\ud83d\xa0" + "\xe9"


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_printable_stays(text: str) -> None:
    shown = printable(text)
    assert shown.encode().decode() == shown == printable(shown)
    assert not set(shown) & set(map(chr, UNPRINTABLE))
    if not set(text) & set(map(chr, (*UNPRINTABLE, *range(0xD800, 0xE000)))):
        assert shown == text


@given(st.lists(st.text(st.characters(exclude_categories=()))))
def test_a_line_of_csv_holds_what_is_printable(row: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(csv_line([*row, "end"]), newline=""))
    assert [cell.removeprefix("'") for cell in read[:-1]] == [
        printable(text).removeprefix("'") for text in row
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_cell_from_outside_is_a_formula(start: str) -> None:
    evil = f"{start}HYPERLINK(1;2)"
    (read,) = csv.reader(io.StringIO(csv_line([evil, -1.5, None, True])))
    assert read == ["'" + printable(evil), "-1.5", "", "True"]


def test_what_a_spreadsheet_may_split_at_is_quoted() -> None:
    assert csv_line(["a;=1+1", "b", 'say "c"', "d\x00\x1b"]) == (
        '"a;=1+1",b,"say ""c""",d\\u0000\\u001b\n'
    )


@pytest.mark.parametrize("option", ["text", "markdown", "csv", "json"])
def test_no_command_lets_a_name_steer_the_terminal(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
) -> None:
    for name in "ab":
        run_id = EVIL + name
        manifest = {"defaults_changed": {"model": [EVIL]}, "run_id": run_id}
        write(tmp_path / "runs" / name, search(model=EVIL, run_id=run_id), manifest)
    if option != "json":
        assert runs([str(tmp_path), "--format", option]) == 0
    if option != "csv":
        sides = [str(tmp_path / "runs" / name) for name in "ab"]
        assert compare([*sides, "--format", option]) == 0
    told = capsys.readouterr()
    assert "u001b" in told.out
    assert not set(told.out + told.err) & set(map(chr, UNPRINTABLE))


def test_a_summary_holds_nothing_that_steers_the_terminal() -> None:
    (attempt,) = search(model=EVIL, solved_at=1)
    lines = summarise([attempt], Manifest(isolation=EVIL), {"fn_a": Undecided("error", EVIL)})
    assert not set("".join(lines)) & set(map(chr, UNPRINTABLE))
