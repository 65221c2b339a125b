"""Which of the programs in an answer is the candidate: the most complete, then the last."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.contract import blocks, completeness, objects, thinking
from bench.contract.mending import mended

LONGEST_SEARCHED = 200_000
"""Characters from the end in which a program is looked for, so that no answer takes long."""


@dataclass(frozen=True, slots=True)
class _Possible:
    source: str
    rank: int
    start: int


def chosen(text: str) -> str | None:
    """The candidate in an answer that is more than an object; None where there is none."""
    parts = thinking.split(text[-LONGEST_SEARCHED:])
    return next(filter(None, map(_in_part, parts)), None)


def _in_part(text: str) -> str | None:
    """The best program in a text; None where there is none."""
    source = _best(text)
    # An object inside a string of JSON, or one whose quotes were escaped with all the rest.
    return _best(objects.unescaped(text)) if source is None and r"\"code\"" in text else source


def _best(text: str) -> str | None:
    candidates = list(_candidates(text))
    best = max(candidates, key=lambda candidate: (candidate.rank, candidate.start), default=None)
    if best is not None and best.rank == completeness.DEFINES_FUNCTION:
        best = _last_that_stands_alone(candidates)
    return best.source if best is not None and best.rank > completeness.NOTHING else None


def _last_that_stands_alone(candidates: list[_Possible]) -> _Possible | None:
    """The last that defines a function, without tests and examples, which call an earlier one."""
    best, known = None, set[str]()
    for candidate in sorted(candidates, key=lambda candidate: candidate.start):
        if candidate.rank < completeness.DEFINES_FUNCTION:
            continue
        own = completeness.functions(candidate.source)
        if best is None or not known & (completeness.calls(candidate.source) - own):
            best = candidate
        known |= own
    return best


def _candidates(text: str) -> Iterator[_Possible]:
    """All that may be the program. What is in a JSON object is not looked at a second time."""
    rest, at = list[str](), 0
    for value in objects.values(text):
        source = mended(value.code)
        rank = completeness.rank(source)
        yield _Possible(source, rank, value.start)
        if rank > completeness.NOTHING and value.start >= at:
            rest += [text[at : value.start], blocks.BLANK * (value.end - value.start)]
            at = value.end
    in_fences, outside = blocks.fenced("".join([*rest, text[at:]]))
    for block in [*in_fences, *blocks.bare(outside)]:
        source = mended(block.source)
        yield _Possible(source, completeness.rank(source), block.start)
