"""Two programs line by line: what they share, and what each has in that place.

difflib's time grows with the square of the lines, and with lines that come again and again. So long
programs are cut, and such as repeat themselves are not matched.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

from bench.record.wording import counted
from bench.show.page.text import inside, visible

_LINES, _CHARACTERS = 150, 8_000
"""What is looked at of one program."""
_EQUAL = 1_000
"""So many pairs of equal lines are matched at most."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that both have, `a` and `b` alike, or what a has in the place of b's."""

    a: Markup
    b: Markup
    shared: bool


@dataclass(frozen=True, slots=True)
class ProgramsDiff:
    """Two programs beside one another."""

    blocks: tuple[Passage, ...]
    notes: tuple[str, ...]
    """What a reader has to know, such as that they are cut."""
    lines: int
    """How many were looked at: what it took."""


class Differ:
    """The differences of many programs, until those that were looked at are long enough."""

    def __init__(self, lines: int = 60_000) -> None:
        self._left = lines

    def __call__(self, a: str, b: str) -> ProgramsDiff:
        """The difference of two programs, or a note that there is no room for it."""
        if self._left <= 0 and a != b:
            return ProgramsDiff((), (_NO_ROOM,), 0)
        found = programs_diff(a, b)
        self._left -= found.lines
        return found


_NO_ROOM = "The page has too many programs to show the difference of these: see each search's own."


def programs_diff(a: str, b: str) -> ProgramsDiff:
    """The difference of two programs."""
    if a == b:
        return ProgramsDiff((), ("Both selected the same program.",), 0)
    (of_a, more_of_a), (of_b, more_of_b) = _beginning(a), _beginning(b)
    cut = [
        f"Of {name}'s program {counted(more, 'line')} more: see its own attempt."
        for name, more in (("A", more_of_a), ("B", more_of_b))
        if more
    ]
    of_each = Counter(of_b)
    if sum(of_each[line] for line in of_a) > _EQUAL:
        cut.append("The programs repeat themselves too often to be matched line by line.")
        blocks = [Passage(_lines(of_a, "-"), _lines(of_b, "+"), shared=False)]
    else:
        blocks = _blocks(of_a, of_b)
    return ProgramsDiff(tuple(blocks), tuple(cut), len(of_a) + len(of_b))


def _beginning(program: str) -> tuple[list[str], int]:
    """The lines that are looked at, and how many more there are."""
    whole = program.strip("\n")
    kept, size = list[str](), 0
    # One character more than there is room for: so a line that is cut there does not fit.
    for line in visible(whole[: _CHARACTERS + 1]).split("\n")[:_LINES]:
        size += len(line) + 1
        if size > _CHARACTERS:
            break
        kept.append(line)
    return kept, whole.count("\n") + 1 - len(kept)


def _blocks(of_a: Sequence[str], of_b: Sequence[str]) -> list[Passage]:
    blocks = []
    for kind, a0, a1, b0, b1 in SequenceMatcher(None, of_a, of_b, autojunk=False).get_opcodes():
        if kind == "equal":
            both = _lines(of_a[a0:a1], " ")
            blocks.append(Passage(both, both, shared=True))
        else:
            blocks.append(Passage(_lines(of_a[a0:a1], "-"), _lines(of_b[b0:b1], "+"), shared=False))
    return blocks


def _lines(lines: Sequence[str], sign: str) -> Markup:
    """The lines, each behind its sign, as in any diff: it is told without colour too."""
    return inside("\n".join(f"{sign} {line}" for line in lines))
