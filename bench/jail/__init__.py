"""Where candidates run: a program, inputs without labels and limits go in; a verdict comes out."""

from bench.jail.isolation import Isolation, usual_level
from bench.jail.lack import Lack, lack_in
from bench.jail.outside.callresult import CallResult
from bench.jail.outside.calls import Interpreter
from bench.jail.outside.jail import Jail
from bench.jail.outside.judge import error_of
from bench.jail.outside.launch import JailBroken, detect
from bench.jail.verdict import Limits, Verdict
from bench.jail.walls.privacy import keep_private
from bench.jail.wire import BAD_VALUE, RAISED, RIGHT_ONE, RIGHT_ZERO, Argument

__all__ = [
    "BAD_VALUE",
    "RAISED",
    "RIGHT_ONE",
    "RIGHT_ZERO",
    "Argument",
    "CallResult",
    "Interpreter",
    "Isolation",
    "Jail",
    "JailBroken",
    "Lack",
    "Limits",
    "Verdict",
    "detect",
    "error_of",
    "keep_private",
    "lack_in",
    "usual_level",
]
