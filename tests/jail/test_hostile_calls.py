"""Every program of tests/hostile as calls of an interpreter, at every level of isolation.

What the walls do to it is the same as to a candidate: `timeout`, `memory`, `crashed`, `violation`.
What the program does wrong by itself, as to raise, is no error of a call; and a forged reply, which
is a candidate's `bad_output`, is a `violation`. A program that is `ok` as a candidate must define
the same `f` here.
"""

import re
from pathlib import Path

import pytest

from bench.jail import CallResult, Limits
from tests.jail.caller import Caller
from tests.jail.test_hostile import INPUTS, PARITY, PROGRAMS, Levels, expected, levels, limits

EXAMPLES = list(zip(INPUTS, PARITY, strict=True))
OF_THE_WALLS = {"timeout", "memory", "crashed", "violation"}
OWN = "its own"
"""Any outcome that the jail has no part in."""

FRAMES_OF_AN_EVALUATION = "frame_of_the_runner"

ALSO = {"ctypes_ptrace": {"crashed"}}
"""At `process`, one that asks to be traced is ended when it is stopped after its call."""

__all__ = ["levels"]

PROBE = """
import types
if not callable(globals().get("f")):
    f = [each for each in globals().values() if type(each) is types.FunctionType][0]
print([int(f(x)) for x, _ in examples])
"""


def outcome_of(result: CallResult) -> str:
    if result.error is None and re.search("the jail denies|refused by the jail", result.text):
        return "violation"
    return result.error or OWN


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_hostile_calls(program: Path, levels: Levels) -> None:
    for level, caller in levels.items():
        outcomes = expected(program, level)
        found = result_of(program, caller, limits(outcomes))
        allowed = {each if each in OF_THE_WALLS else OWN for each in outcomes}
        allowed |= {"violation"} if "bad_output" in outcomes else set()
        allowed |= ALSO.get(program.stem, set())
        assert outcome_of(found) in allowed, (level, found)
        if outcomes == {"ok"} and program.stem != FRAMES_OF_AN_EVALUATION:
            assert found.text.rstrip().endswith(str(list(PARITY))), (level, found)


def result_of(program: Path, caller: Caller, limits: Limits) -> CallResult:
    """What becomes of the program in an interpreter, or, if it ends well, of a call of its `f`."""
    source = program.read_bytes().decode("utf-8", "surrogateescape")
    interpreter = caller.jail.interpreter(EXAMPLES, "text", limits, 8_000)
    found = caller.portal.call(interpreter.run, source)
    if outcome_of(found) == OWN:
        found = caller.portal.call(interpreter.run, PROBE)
    caller.portal.call(interpreter.aclose)
    return found
