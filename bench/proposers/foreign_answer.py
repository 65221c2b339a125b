"""An answer of somebody else's goes in; out comes one that can be recorded, summed up and shown."""

from typing import Any

from bench.proposers.proposer import Outage
from bench.record.answer import Answer
from bench.record.errors import Error
from bench.record.fields import fitting, plain_of, record
from bench.record.usage import Usage

_ERRORS = (None, Error.INCOMPLETE, Error.REFUSED)
"""How an answer can end that no program is looked for in."""


def sound_answer(given: object, what: str) -> Answer:
    """The answer, without what does not fit: a cost or a count that is no number from 0 up, say.

    `what` says where it comes from (`propose gave`). Raises Outage for what is no answer.
    """
    if not isinstance(given, Answer) or not isinstance(given.text, str | None):
        raise Outage(f"{what} {type(given).__name__}, and no Answer with a text", "point")
    if given.error not in _ERRORS:
        allowed = ", ".join(filter(None, _ERRORS))
        raise Outage(
            f"{what} an Answer whose error is {given.error!r}: give None or one of {allowed}",
            "point",
        )
    plain = plain_of(given)
    usage = plain["usage"] if isinstance(given.usage, Usage) else {}
    kept = _fitting(plain | {"usage": _fitting(usage, Usage)}, Answer)
    return record(kept, Answer)


def _fitting(plain: dict[str, Any], kind: Any) -> dict[str, Any]:
    """The fields that fit the record; of numbers those from 0 up."""
    return {
        name: value
        for name, value in fitting(plain, kind).items()
        if not isinstance(value, int | float) or value >= 0
    }
