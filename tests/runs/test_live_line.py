"""The live line: what it says, and that nothing of it stays on the screen."""

import os
import pty
import re
from pathlib import Path

import pytest

from bench.show.terminal.live import LiveLine
from tests.support.session import Bench


def test_it_counts_and_estimates() -> None:
    now = [100.0]
    line = LiveLine(clock=lambda: now[0], total=10)
    assert line.render() == "0/10 points · 0 running · 10 waiting · 0 attempts"
    now[0] = 130.0
    line.done, line.running, line.attempts, line.spent_usd = 3, 5, 7, 0.5
    assert (
        line.render()
        == "3/10 points · 5 running · 2 waiting · 7 attempts · $0.50 spent · about 1 min 10 s left"
    )
    line.batch = "batch 1 of 2: 4 of 5 done, waiting 12 min 0 s"
    assert line.render() == f"3/10 points · {line.batch} · 7 attempts · $0.50 spent"
    line.done, line.running, line.batch = 10, 0, ""
    assert line.render() == "10/10 points · 0 running · 0 waiting · 7 attempts · $0.50 spent"


def screens(output: str) -> list[list[str]]:
    """What a terminal shows after each line feed, by the few sequences that the line uses."""
    rows, row, column, shown = [""], 0, 0, []
    for piece in re.findall(r"\x1b\[[\d;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", output):
        if piece == "\n":
            row += 1
            rows += [""] * (row + 1 - len(rows))
            shown.append(list(rows))
        elif piece == "\r":
            column = 0
        elif piece.startswith("\x1b"):
            count = int(piece[2:-1] or 1) if piece[-1] in "ACK" else 0
            if piece[-1] == "A":
                row -= count
            elif piece[-1] == "C":
                column += count
            elif piece == "\x1b[2K":
                rows[row] = ""
            else:
                assert piece[-1] == "m", piece
        else:
            rows[row] = rows[row][:column].ljust(column) + piece + rows[row][column + len(piece) :]
            column += len(piece)
    return [*shown, rows]


def on_a_terminal(bench: Bench, *arguments: str) -> str:
    """The output of a run whose standard output is a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    grid = ("--functions", "fn_a", "--lengths", "20,25,30")
    terminal = Path(os.ttyname(theirs))
    run = bench.start(*grid, *arguments, output=terminal, TERM="xterm", COLUMNS="80")
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # the other end is closed
        os.close(ours)
    assert run.wait(60) == 0
    return b"".join(parts).decode()


@pytest.mark.parametrize("arguments", [(), ("-n", "1"), ("-v",)])
def test_it_is_there_while_the_run_goes_on_and_gone_at_its_end(
    bench: Bench, arguments: tuple[str, ...]
) -> None:
    *during, last = screens(on_a_terminal(bench, *arguments))
    lines = [line for screen in during for line in screen if "waiting" in line]
    assert re.fullmatch(r"[0-2]/3 points · 1 running · [0-2] waiting · 0 attempts", lines[0])
    assert lines[-1] == "3/3 points · 0 running · 0 waiting · 3 attempts"
    assert not any("waiting" in line for line in last)
    whole = "\n".join(last)
    assert (
        re.search(r"\.\.\. +\[100%\]\n", whole)
        if "-v" not in arguments
        else whole.count(" PASSED ") == 3
    )
    assert "Solved     3 of 3 points" in whole
