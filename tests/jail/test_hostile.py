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


@pytest.fixture(scope="module", params=WITHOUT)
def jail(request: pytest.FixtureRequest, jails: Jails) -> tuple[str, Caller]:
    """A level, and the jail that has it."""
    caller = jails(WITHOUT[request.param])
    isolation = caller("def f(x): return 0").isolation
    if isolation.level != request.param:
        pytest.skip(f"this machine gives {isolation}")
    return request.param, caller


def expected(program: Path, level: str) -> set[str]:
    head = program.read_text(errors="replace").splitlines()[0].lstrip("\ufeff")
    assert head.startswith("# expect: "), program
    anywhere, _, at_process = head.removeprefix("# expect: ").partition("; process: ")
    return set((at_process if at_process and level == "process" else anywhere).split("|"))


def limits(outcomes: set[str]) -> Limits:
    """No more than what a program needs to come to its outcome."""
    return Limits(
        cpu_seconds=0.1 if "timeout" in outcomes else 5,
        memory_mib=64 if outcomes == {"memory"} else 256,
    )


def test_there_are_enough() -> None:
    assert len(PROGRAMS) >= 60


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_hostile(program: Path, jail: tuple[str, Caller]) -> None:
    level, evaluate = jail
    source = program.read_bytes().decode("utf-8", "surrogateescape")
    outcomes = expected(program, level)
    verdict = evaluate(source, INPUTS, limits(outcomes))
    outcome = verdict.error or ("ok" if verdict.predictions == PARITY else "wrong")
    assert outcome in outcomes, verdict
    assert verdict.isolation.level == level
