"""What a host says on standard error is text, whatever it says."""

import subprocess
import sys
import time

import pytest

from bench.plugin.hosts.remarks import MOST, WIDEST, heard

SAYS = f"""
import sys
out = sys.stderr.buffer
out.write(b"\\x1b]0;owned\\x07\\x1b[2J hello\\r\\n\\n\\xff\\xe2\\x80\\xae back\\n")
out.write(b"x" * 20_000 + b"\\n")
for number in range({MOST}):
    out.write(b"%d\\n" % number)
out.write(b"no end")
"""


def test_what_a_host_says_cannot_steer_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Nor flood it. This process's own standard error is as before."""
    with pytest.raises(ValueError, match="as it starts"), heard("one"):
        subprocess.run([sys.executable, "-c", SAYS], check=True)
        raise ValueError("as it starts")
    sys.stderr.write("of our own\n")
    *lines, last, own = capfd.readouterr().err.splitlines()
    assert lines[0] == r"host one: \x1b]0;owned\x07\x1b[2J hello"
    assert lines[1] == "host one: \N{REPLACEMENT CHARACTER}\\u202e back"
    assert {len(line) for line in lines[2:4]} == {len("host one: ") + WIDEST}
    assert last == "host one: it says more, which is left out" and own == "of our own"
    assert len(lines) == MOST


def test_a_line_is_told_as_it_comes(capfd: pytest.CaptureFixture[str]) -> None:
    """Also after the worker has started."""
    with heard("two"):
        process = subprocess.Popen(
            [sys.executable, "-uc", "import sys; sys.stderr.write('ready\\n'); input()"],
            stdin=subprocess.PIPE,
        )
    assert process.stdin is not None
    assert told_until("ready\n", capfd) == "host two: ready\n" and process.poll() is None
    process.stdin.close()
    process.wait()
    traceback = told_until("EOFError", capfd)
    assert all(line.startswith("host two: ") for line in traceback.splitlines())


def told_until(last: str, capfd: pytest.CaptureFixture[str]) -> str:
    """All that is told until this has been, or until it should have been."""
    told, end = "", time.monotonic() + 60
    while last not in told and time.monotonic() < end:
        time.sleep(0.01)
        told += capfd.readouterr().err
    return told
