"""Every program of tests/hostile, at every level of isolation that this machine can give.

The first line of each names what it may come to: `# expect: <outcome>|<outcome>`, with `; process:
...` where the level `process` cannot hold it. An outcome is `ok` (parity of each input), `wrong`
(other predictions) or an error.
"""

from pathlib import Path

import pytest

from bench.jail import Limits
from tests.jail.caller import Caller, Jails

PROGRAMS = sorted(Path(__file__).parent.with_name("hostile").glob("*.py"))
INPUTS = [format(i * 37 % 256, "08b") for i in range(16)]
PARITY = bytes(x.count("1") % 2 for x in INPUTS)

WITHOUT = {
    "strong": (),
    "partial": ("namespaces",),
    "process": ("namespaces", "Landlock", "seccomp"),
}


Levels = dict[str, Caller]
"""The jails of the levels that this machine gives."""


@pytest.fixture(scope="module")
def levels(jails: Jails) -> Levels:
    callers = {level: jails(without) for level, without in WITHOUT.items()}
    return {level: caller for level, caller in callers.items() if given(caller) == level}


def given(caller: Caller) -> str:
    return caller("def f(x): return 0").isolation.level


@pytest.mark.parametrize("level", WITHOUT)
def test_this_machine_gives_the_level(level: str, levels: Levels, jails: Jails) -> None:
    if level not in levels:
        pytest.skip(f"this machine gives {given(jails(WITHOUT[level]))}")
    assert given(levels[level]) == level


def expected(program: Path, level: str) -> set[str]:
    head = program.read_text(errors="replace").splitlines()[0].lstrip("\ufeff")
    assert head.startswith("# expect: "), program
    anywhere, _, at_process = head.removeprefix("# expect: ").partition("; process: ")
    return set((at_process if at_process and level == "process" else anywhere).split("|"))


def limits(outcomes: set[str]) -> Limits:
    """No more than what a program needs to come to its outcome."""
    return Limits(
        cpu_seconds=0.02 if "timeout" in outcomes else 5,
        memory_mib=32 if {"memory"} <= outcomes <= {"memory", "crashed"} else 256,
    )


def test_there_are_enough() -> None:
    assert len(PROGRAMS) >= 60


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_hostile(program: Path, levels: Levels) -> None:
    source = program.read_bytes().decode("utf-8", "surrogateescape")
    for level, evaluate in levels.items():
        outcomes = expected(program, level)
        verdict = evaluate(source, INPUTS, limits(outcomes))
        outcome = verdict.error or ("ok" if verdict.predictions == PARITY else "wrong")
        assert outcome in outcomes, (level, verdict)
        assert verdict.isolation.level == level
