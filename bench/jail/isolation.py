"""How well a child is isolated: a level, and what is missing on this machine for the highest one.

Standard library only: the zygote reads this file too.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("process", "partial", "strong")
"""From the weakest to the strongest. From `partial` on the kernel keeps candidates from network,
files and processes."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How well a child is isolated; as text it is `strong`, or `partial: no <part> (<reason>)`."""

    level: str
    """One of LEVELS."""
    missing: str = ""
    """The parts that do not hold here, each with the reason; empty for `strong`."""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"no level of isolation is called {self.level!r}")

    def __str__(self) -> str:
        return f"{self.level}: {self.missing}" if self.missing else self.level

    def satisfies(self, required: str) -> bool:
        """Whether this level is at least the required one of LEVELS."""
        return LEVELS.index(self.level) >= LEVELS.index(required)


def usual_level() -> str:
    """The level that programs need where no other one is asked for: what the system can give."""
    return "partial" if os.uname().sysname == "Linux" else "process"


def lacking(missing: Mapping[str, str]) -> Isolation:
    """The isolation without these parts, of `restrict.PARTS`, each of which has its reason."""
    if not missing:
        return Isolation("strong")
    seccomp_holds = "seccomp" not in missing
    files_are_kept = not {"Landlock", "private root"} <= missing.keys()
    level = "partial" if seccomp_holds and files_are_kept else "process"
    return Isolation(level, "; ".join(f"no {part} ({why})" for part, why in missing.items()))


def parse(text: str) -> Isolation:
    """The isolation that `str` gave this text for. Raises ValueError."""
    level, _, missing = text.partition(": ")
    return Isolation(level, missing)
