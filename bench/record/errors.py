"""What can be wrong with an attempt."""

from enum import StrEnum
from typing import Self


class Error(StrEnum):
    """Why an attempt has no accuracy; `runtime_error` and `bad_output` alone can stand beside one.

    Each member carries the sentence that says it to a person.
    """

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """A member that equals what stands in the files, with its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    NO_CODE = "no_code", "the answer holds no program"
    SYNTAX_ERROR = "syntax_error", "the program does not parse"
    NO_FUNCTION = "no_function", "the program defines no function"
    LOAD_ERROR = "load_error", "the program failed while it was loaded"
    RUNTIME_ERROR = "runtime_error", "the function raised on some inputs, which count as wrong"
    BAD_OUTPUT = (
        "bad_output",
        "the function gave something else than 0 or 1 for some inputs, which count as wrong",
    )
    TIMEOUT = "timeout", "the program used up its time"
    MEMORY = "memory", "the program used up its memory"
    CRASHED = "crashed", "the program's process died"
    VIOLATION = "violation", "the program tried something that the jail forbids"
    INCOMPLETE = "incomplete", "the model ran out of tokens"
    REFUSED = "refused", "the model refused"
    TOOL_LIMIT = "tool_limit", "the model used up its tool calls, and gave no answer"


def meaning(error: str) -> str:
    """What an error in the results means; empty for one that this version does not know."""
    return Error(error).meaning if error in set(Error) else ""
