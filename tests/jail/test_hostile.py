"""Every program of tests/hostile, at every level of isolation that this machine can give.

The first line of each names what it may come to: `# expect: <outcome>|<outcome>`, with `; process:
...` where the level `process` cannot hold it. An outcome is `ok` (parity of each input), `wrong`
(other predictions) or an error.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.jail import Limits, detect
from tests.jail.caller import Caller, calling

PROGRAMS = sorted(Path(__file__).parent.with_name("hostile").glob("*.py"))
INPUTS = [format(i * 37 % 256, "08b") for i in range(16)]
PARITY = bytes(x.count("1") % 2 for x in INPUTS)

WITHOUT = {
    "strong": (),
    "partial": ("namespaces",),
    "process": ("namespaces", "Landlock", "seccomp"),
}


@pytest.fixture(scope="module", params=WITHOUT)
def jail(request: pytest.FixtureRequest) -> Iterator[tuple[str, Caller]]:
    isolation = detect(WITHOUT[request.param])
    if isolation.level != request.param:
        pytest.skip(f"this machine gives {isolation}")
    with calling(WITHOUT[request.param]) as caller:
        yield request.param, caller


def expected(program: Path, level: str) -> set[str]:
    head = program.read_text(errors="replace").splitlines()[0].lstrip("\ufeff")
    assert head.startswith("# expect: "), program
    anywhere, _, at_process = head.removeprefix("# expect: ").partition("; process: ")
    return set((at_process if at_process and level == "process" else anywhere).split("|"))


def test_there_are_enough() -> None:
    assert len(PROGRAMS) >= 60


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_hostile(program: Path, jail: tuple[str, Caller]) -> None:
    level, evaluate = jail
    source = program.read_bytes().decode("utf-8", "surrogateescape")
    outcomes = expected(program, level)
    limits = Limits(cpu_seconds=0.3 if "timeout" in outcomes else 5, memory_mib=256)
    verdict = evaluate(source, INPUTS, limits)
    outcome = verdict.error or ("ok" if verdict.predictions == PARITY else "wrong")
    assert outcome in outcomes, verdict
    assert verdict.isolation.level == level
