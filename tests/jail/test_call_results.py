"""What a model is shown of a call: output, values, tracebacks, and what is cut away."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.jail import Limits
from bench.jail.inside.interpreter import _Kept
from bench.jail.outside.callresult import parse, result_of
from bench.jail.wire import CALLED, RESULT, USE, message
from tests.jail.caller import Jails
from tests.jail.test_interpreter import Session


@pytest.fixture(scope="module")
def run(jails: Jails) -> Iterator[Session]:
    session = Session(jails(()), output_chars=1_000)
    yield session
    session.close()


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("", ""),
        ("# nothing", ""),
        ("1 + 1", "2"),
        ("None", ""),
        ("x = 3", ""),
        ("'a'", "'a'"),
        ("print('a')\n'b'", "a\n'b'"),
        ("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')", "a\nb\nc"),
        ("sys.stdout.buffer.write(b'raw\\n') and None", "raw"),
        ("for i in range(2): print(i)", "0\n1"),
        ("print('\\ud800 \\u00e9')", "\\ud800 é"),
        ("\ufeff1;2", "2"),
        ("__name__", "'__main__'"),
        ("import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))) is A", "True"),
        ("import sys\nsys.stdout.close()\n1", "1"),
        ("print('open again')", "open again"),
        ("sys.stdout = None\nprint('lost')", ""),
        ("sys.stdin.read(), sys.argv", "('', ['candidate'])"),
        ("import asyncio\nasync def g(): return 7\nasyncio.run(g())", "7"),
    ],
)
def test_what_is_shown(run: Session, code: str, shown: str) -> None:
    run("import sys")
    assert run.text(code) == shown


@pytest.mark.parametrize(
    ("code", "last"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("1 +", "SyntaxError: invalid syntax"),
        ("return 1", "SyntaxError: 'return' outside function"),
        ("input()", "EOFError: EOF when reading a line"),
        ("import bench", "ModuleNotFoundError: No module named 'bench'"),
        ("open('/etc/passwd')", "PermissionError: the jail denies open '/etc/passwd'"),
        ("'\ud800'", "surrogates not allowed"),
        (
            "class E(Exception):\n    def __str__(self): 1 / 0\nraise E",
            "E: <exception str() failed>",
        ),
    ],
)
def test_an_exception_is_shown_and_the_interpreter_goes_on(
    run: Session, code: str, last: str
) -> None:
    run("kept = 1")
    assert run.text(code).rstrip("\n").endswith(last)
    assert run.text("kept") == "1"


def test_a_traceback_has_the_frames_of_the_codes_own_alone(run: Session) -> None:
    run("import json\ndef load(text):\n    return json.loads(text)")
    text = run.text(
        "try:\n    load('{')\nexcept ValueError as error:\n    raise KeyError(1) from error"
    )
    files = [line.split('"')[1] for line in text.splitlines() if line.startswith("  File")]
    assert len(files) == 3
    assert all(file.startswith("<call ") for file in files)
    assert "    return json.loads(text)\n" in text
    assert "the direct cause" in text


def test_a_deep_recursion_is_told_in_few_lines(run: Session) -> None:
    text = run.text("def f(x): return f(x) + 1\nf(1)")
    assert "RecursionError" in text
    assert len(text.splitlines()) < 20


def test_a_library_that_the_jail_lacks_is_named(run: Session) -> None:
    assert "the jail lacks pytest" in run.text("import pytest")


def test_a_flood_is_cut_in_the_middle_and_counted(run: Session) -> None:
    result = run("for i in range(200_000): print(i)\n'the end'")
    digits = sum(len(str(i)) + 1 for i in range(200_000))
    assert result.chars == digits + len("'the end'\n")
    assert result.text.startswith("0\n1\n2\n")
    assert f"\n[{result.chars - 1_000:,} characters left out]\n" in result.text
    assert result.text.endswith("199999\n'the end'\n")


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.text(max_size=8), st.integers(0, 20_000)), max_size=6),
    st.integers(1, 40),
)
def test_what_is_kept_are_the_first_and_the_last_characters(
    parts: list[tuple[str, int]], chars: int
) -> None:
    kept = _Kept(chars)
    texts = [text.encode("utf-8", "replace").decode() * count for text, count in parts]
    for text in texts:
        kept.write(text.encode())
    whole = "".join(texts)
    left_out, head, tail = kept.cut(chars)
    before, after = head.decode(), tail.decode()
    assert left_out + len(before) + len(after) == len(whole)
    assert len(before) + len(after) == min(chars, len(whole))
    assert whole.startswith(before)
    assert whole.endswith(after)


REPLIES = st.binary(max_size=60) | st.builds(
    lambda number, outcome, left_out, before, after: (
        RESULT.pack(number, outcome, left_out, len(before), len(after)) + before + after
    ),
    st.integers(1, 2),
    st.integers(0, 6),
    st.integers(0, 2**64 - 1),
    st.binary(max_size=20),
    st.binary(max_size=20),
)


@given(REPLIES)
def test_any_bytes_give_a_result(reply: bytes) -> None:
    status = bytearray(message(CALLED, USE.pack(0.1, 0.2, 0)))
    limits = Limits(cpu_seconds=1, memory_mib=64)
    shown = parse(reply, 1, output_chars=10)
    result = result_of(status, bytearray(reply), shown, limits)
    assert result.error in (None, "violation", "memory")
    assert (result.error is None) == (shown is not None and not shown.is_out_of_memory)
    assert 0 <= result.chars < 2**63
    result.text.encode()
