"""A library that a program wanted and the jail lacks, as a type; only a detail holds it as text."""

import re
from dataclasses import dataclass

_IN_DETAIL = re.compile(r"the jail lacks (\S+) \((.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing because of the jail. The program may be right elsewhere."""

    library: str
    """The module, or the file of a C library."""
    said: str
    """The exception that the program got for it."""

    def __str__(self) -> str:
        return f"the jail lacks {self.library} ({self.said})"


def lack_in(detail: str) -> Lack | None:
    """The lack that the detail of a verdict tells of, which may be cut short; else None."""
    found = _IN_DETAIL.fullmatch(detail)
    return found and Lack(found[1], found[2].removesuffix(")"))
