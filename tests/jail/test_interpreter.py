"""The interpreter of one attempt: what lasts from call to call, what ends it, what is shown."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import anyio
import pytest

from bench.jail import Argument, CallResult, Interpreter, Limits
from bench.jail.outside import calls
from bench.jail.wire import RESULT
from bench.record.errors import Error
from bench.search.open_files import FILES_A_SEARCH
from tests.jail.caller import Caller, Jails
from tests.jail.test_ends import descendants, descriptors, eventually

EXAMPLES = (("0110", 0), ("0111", 1))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SPIN = "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin).start()"


class Session:
    """One interpreter for synchronous tests, and checks of what holds for every result."""

    def __init__(self, caller: Caller, cpu_seconds: float = 5, output_chars: int = 2_000) -> None:
        self.caller = caller
        self.limits = Limits(cpu_seconds=cpu_seconds, memory_mib=256)
        self.output_chars = output_chars
        self.interpreter = self.open()

    def open(
        self, examples: Sequence[tuple[str, int]] = EXAMPLES, argument: Argument = "text"
    ) -> Interpreter:
        return self.caller.jail.interpreter(examples, argument, self.limits, self.output_chars)

    def __call__(self, code: str) -> CallResult:
        result = self.caller.portal.call(self.interpreter.run, code)
        assert result.error is None or isinstance(result.error, Error)
        assert ("started anew" in result.text) == (result.error is not None)
        assert len(result.text) <= self.output_chars + 300
        return result

    def text(self, code: str) -> str:
        result = self(code)
        assert result.error is None, result
        return result.text.rstrip("\n")

    def close(self) -> None:
        self.caller.portal.call(self.interpreter.aclose)


@pytest.fixture(
    scope="module", params=[(), ("namespaces", "Landlock", "seccomp")], ids=["best", "process"]
)
def caller(request: pytest.FixtureRequest, jails: Jails) -> Caller:
    return jails(request.param)


@pytest.fixture
def run(caller: Caller) -> Iterator[Session]:
    session = Session(caller)
    yield session
    session.close()


def test_what_a_call_defines_the_next_one_sees(run: Session) -> None:
    assert run.text("def f(x):\n    return x.count('1') % 2") == ""
    assert run.text("import math\nclass Kept: pass\nkept = Kept()") == ""
    assert run.text(
        "[f(x) == label for x, label in examples], type(kept) is Kept, math.pi > 3"
    ) == ("([True, True], True, True)")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import os; os._exit(0)", "crashed"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
        ("bytearray(10 ** 12)", "memory"),
        ("import os; os.write(3, b'x' * 100)", "violation"),
    ],
)
def test_after_a_call_that_ends_it_the_interpreter_is_fresh(
    run: Session, code: str, error: str
) -> None:
    assert run.text("examples.clear(); kept = 1; kept") == "1"
    assert run(code).error == error
    assert "NameError" in run.text("kept")
    assert run.text("examples") == repr(list(EXAMPLES))


@LINUX
def test_each_search_has_files_for_a_connection_and_an_interpreter(run: Session) -> None:
    run("1")
    open_with_it = len(descriptors())
    run.close()
    assert 1 + open_with_it - len(descriptors()) <= FILES_A_SEARCH


def test_a_last_result_counts_though_the_end_is_told_before_it_is_read(
    run: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_nothing(*_: object) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr(calls, "collect", read_nothing)
    assert run("bytearray(10 ** 12)").error == "memory"


@pytest.mark.parametrize(
    "code", ["while True: pass", "import threading\nthreading.Event().wait()"], ids=["cpu", "wait"]
)
def test_a_call_is_ended_at_its_limit(caller: Caller, code: str) -> None:
    run = Session(caller, cpu_seconds=0.1)
    assert run(code).error == "timeout"
    assert run.text("1 + 1") == "2"
    run.close()


def test_a_limit_is_that_of_each_call(caller: Caller) -> None:
    run = Session(caller, cpu_seconds=0.15)
    burn = "import time\nend = time.process_time() + 0.06\nwhile time.process_time() < end: pass"
    assert [run(burn).error for _ in range(4)] == [None] * 4
    run.close()


TRACED = "import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)\n"


@LINUX
def test_a_child_that_asks_to_be_traced_is_not_taken_for_ended(
    caller: Caller, run: Session
) -> None:
    """Where nothing forbids it, each signal then stops it, and the zygote is told."""
    run("1")
    caller("import ctypes\nf = int")  # candidates and interpreters have zygotes of their own
    before = descendants(os.getpid())
    result = run(TRACED)
    if result.error is None:
        assert run("1").error == "crashed"
    verdict = caller(f"{TRACED}import signal\nsignal.raise_signal(signal.SIGUSR1)")
    assert verdict.error in ("crashed", "violation")
    run("1")
    eventually(lambda: len(descendants(os.getpid())) <= len(before))


@LINUX
def test_between_calls_the_child_is_stopped_with_all_its_threads(run: Session) -> None:
    zygote_of(run.caller)  # it runs, and what it has started for itself does
    before = descendants(os.getpid())
    assert run(SPIN).error is None
    (child,) = descendants(os.getpid()) - before
    threads = Path(f"/proc/{child}/task")
    eventually(lambda: {state_of(thread) for thread in threads.iterdir()} == {"T"})
    assert run.text("threading.active_count()") == "2"
    run.close()
    eventually(lambda: child not in descendants(os.getpid()))


def zygote_of(caller: Caller) -> int:
    zygote = caller.portal.call(caller.jail.running)
    return zygote.process.pid


def kill_zygote(caller: Caller) -> None:
    """And wait until its children have died of it."""
    zygote = zygote_of(caller)
    family = descendants(zygote) | {zygote}
    os.kill(zygote, signal.SIGKILL)
    eventually(lambda: {state_of(Path(f"/proc/{pid}")) for pid in family} <= {"Z", "gone"})


def state_of(process: Path) -> str:
    """One letter, of a process or thread."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


def test_interpreters_that_wait_take_no_turn_and_do_not_mix(caller: Caller) -> None:
    sessions = [Session(caller) for _ in range(os.cpu_count() or 1)] + [Session(caller)]
    for number, session in enumerate(sessions):
        session(f"kept = {number}")
    assert caller("def f(x): return x.count('1') % 2").error is None
    assert [session.text("kept") for session in sessions] == [str(i) for i in range(len(sessions))]
    for session in sessions:
        session.close()


def test_a_cancelled_call_ends_the_child(run: Session) -> None:
    async def give_up() -> None:
        with anyio.move_on_after(0.3) as scope:
            await run.interpreter.run("while True: pass")
        assert scope.cancelled_caught

    assert run.text("kept = 1; kept") == "1"
    run.caller.portal.call(give_up)
    assert "NameError" in run.text("kept")


@LINUX
def test_a_zygote_that_dies_between_calls_is_told_and_replaced(run: Session) -> None:
    assert run.text("kept = 1; kept") == "1"
    kill_zygote(run.caller)
    assert run("kept").error == "crashed"
    assert "NameError" in run.text("kept")
    run.close()
    kill_zygote(run.caller)
    assert run.text("1 + 1") == "2", "nothing was lost, so nothing is told"


@pytest.mark.parametrize("number", [1, 2])
def test_a_forged_result_does_not_put_the_following_out_of_step(run: Session, number: int) -> None:
    forged = RESULT.pack(number, 0, 0, 6, 0) + b"forged"
    result = run(f"import os\nos.write(3, {forged!r})")
    if number == 1:
        assert result.text == "forged"
        result = run("kept = 1")
    assert result.error == "violation"
    assert "NameError" in run.text("kept")


def test_bytes_between_calls_end_the_interpreter(run: Session) -> None:
    forged = RESULT.pack(1, 0, 0, 6, 0) + b"forged"
    assert run.text(f"import os\nos.write(3, {forged!r} + b'more')") == "forged"
    result = run("kept = 1")
    assert result.error == "violation"
    assert "was not run" in result.text
    assert "NameError" in run.text("kept")


def test_the_same_calls_have_the_same_results(run: Session) -> None:
    calls = (
        "import random, os, secrets, uuid\nimport numpy as np",
        "random.random(), os.urandom(4), secrets.token_hex(4), uuid.uuid4(), np.random.rand(2)",
        "set('abcdefgh'), hash('x'), np.random.default_rng().random()",
    )
    first = [run.text(code) for code in calls]
    run.close()
    assert [run.text(code) for code in calls] == first


def test_examples_of_tables_are_dicts(run: Session) -> None:
    run.interpreter = run.open([("x0:1.5,x1:c3", 1)], "features")
    assert run.text("examples") == "[({'x0': 1.5, 'x1': 'c3'}, 1)]"


def test_an_example_with_a_line_feed_is_refused(run: Session) -> None:
    with pytest.raises(ValueError, match="line feed"):
        run.open([("0\n1", 1)])


def test_code_longer_than_a_pipe_and_a_result_as_long(caller: Caller) -> None:
    run = Session(caller, output_chars=300_000)
    assert run.text(f"kept = '{'é' * 200_000}'\nlen(kept)") == "200000"
    result = run("print(kept)")
    assert (result.chars, len(result.text)) == (200_001, 200_001)
    run.close()
