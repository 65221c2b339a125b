"""A library that a program wanted and the jail lacks, as a type; only a detail holds it as text."""

from dataclasses import dataclass


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
    import re  # the zygote reads this file too, and should load no more than it uses

    found = re.fullmatch(r"the jail lacks (\S+) \((.*)", detail, re.DOTALL)
    return found and Lack(found[1], found[2].removesuffix(")"))
