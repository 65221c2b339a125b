"""The candidate in an answer: the answer is one JSON object, or a program is looked for in it."""

import json
from dataclasses import dataclass
from typing import Literal

from bench.contract.mending import mended

LONGEST_OBJECT = 1_000_000
"""Characters. A longer answer is not tried as one JSON object."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The candidate's source, and how it was found; None and None where there is no candidate."""

    code: str | None
    contract: Literal["strict", "lenient"] | None


def extract(text: str | None, *, is_thinking: bool = False) -> Extracted:
    """The candidate in an answer, or (`is_thinking`) in the thinking of a model that said no more.

    Strict: the whole text is one JSON object with a string `code` that needs no repair. Lenient:
    after the thinking comes a program in an object, between fences or bare; it may have been
    repaired where only one repair is possible. Of several programs the last that defines `f` is
    taken, else the last that defines a function of an argument.
    """
    text = (text or "").replace("\r\n", "\n")
    code = _whole_object(text) if len(text) <= LONGEST_OBJECT else None
    if code is None:
        from bench.contract.choice import chosen  # its patterns, which few answers need

        code = chosen(text)
        return Extracted(code, None if code is None else "lenient")
    program = mended(code)
    return Extracted(program, "strict" if program == code and not is_thinking else "lenient")


def _whole_object(text: str) -> str | None:
    """The code of the object that is all of the text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    code = value.get("code") if isinstance(value, dict) else None
    return code if isinstance(code, str) and code.strip() else None
