"""The interpreter of one attempt: what lasts from call to call, what ends it, what is shown."""

import sys
from collections.abc import Iterator, Sequence

import pytest

from bench.jail import Argument, CallResult, Interpreter, Limits
from bench.record.errors import Error
from tests.jail.caller import Caller, calling

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
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    with calling(request.param) as caller:
        yield caller


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


@pytest.mark.parametrize(
    "code", ["while True: pass", "import threading\nthreading.Event().wait()"], ids=["cpu", "wait"]
)
def test_a_call_is_ended_at_its_limit(caller: Caller, code: str) -> None:
    run = Session(caller, cpu_seconds=0.3)
    assert run(code).error == "timeout"
    assert run.text("1 + 1") == "2"
    run.close()


def test_a_limit_is_that_of_each_call(caller: Caller) -> None:
    run = Session(caller, cpu_seconds=0.6)
    burn = "import time\nend = time.process_time() + 0.25\nwhile time.process_time() < end: pass"
    assert [run(burn).error for _ in range(4)] == [None] * 4
    run.close()
