"""The search: its order, what it keeps apart, and what it does at the end of its budget."""

import random
import tracemalloc
from itertools import count

import pytest

from bench.proposers.enumerator import grammar
from bench.proposers.enumerator.contenders import Contender
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import program
from bench.proposers.enumerator.ranking import Ranking

SECONDS = 30


def noise(n: int, length: int, symbols: str = "01", seed: int = 1) -> Examples:
    """Examples whose labels nothing explains."""
    rng = random.Random(seed)
    return Examples(
        tuple("".join(rng.choices(symbols, k=length)) for _ in range(n)),
        tuple(rng.randrange(2) for _ in range(n)),
    )


def table(n: int, features: int) -> Examples:
    """A table of numbers whose labels nothing explains."""
    rng = random.Random(2)
    rows = (",".join(f"x{j}:{rng.uniform(0, 100):.3f}" for j in range(features)) for _ in range(n))
    return Examples(tuple(rows), tuple(rng.randrange(2) for _ in range(n)))


def wrong(contender: Contender, examples: Examples) -> int:
    return sum(
        int(contender.program(x)) != y
        for x, y in zip(examples.values, examples.labels, strict=True)
    )


def test_the_consistent_come_first_in_order_of_cost_and_the_others_by_their_errors() -> None:
    examples = Examples(
        *zip(*((f"{i:012b}", f"{i:012b}".count("1") % 2) for i in range(0, 4096, 97)), strict=True)
    )
    ranking = Ranking(examples, SECONDS)
    found = [ranking.ranked(k) for k in range(1, 12)]
    assert found[0].program.source == "x.count('1') % 2 == 1"
    assert [contender.wrong for contender in found] == [
        wrong(contender, examples) for contender in found
    ]
    consistent = [contender.bits for contender in found if not contender.wrong]
    assert consistent == sorted(consistent)
    assert [c.wrong > 0 for c in found] == sorted(c.wrong > 0 for c in found)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10])
def test_few_examples_are_enough_for_a_consistent_program(n: int) -> None:
    """At whatever cost: a program longer than the labels is still the cheapest consistent one."""
    examples = Examples(noise(n, 30).inputs, tuple(i % 2 for i in range(n)))
    ranking = Ranking(examples, SECONDS)
    assert [ranking.ranked(k).wrong for k in range(1, 6)] == [0] * 5


def test_contradictory_examples_get_the_program_with_the_fewest_errors() -> None:
    examples = Examples(("0101", "0101", "0111"), (0, 1, 1))
    assert Ranking(examples, SECONDS).ranked(1).wrong == 1


@pytest.mark.parametrize("memory", [0, 10**3, 10**5])
@pytest.mark.parametrize("kind", ["bits", "table"])
def test_out_of_memory_it_still_answers(
    memory: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.proposers.enumerator.ranking.MEMORY_BYTES", memory)
    ranking = Ranking(noise(100, 30) if kind == "bits" else table(100, 8), SECONDS)
    assert all(ranking.ranked(k).expr is not None for k in (1, 2, 3, 200))


def test_what_is_held_is_accounted_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.proposers.enumerator.ranking.MEMORY_BYTES", 2**22)
    ranking = Ranking(noise(150, 100, "0123456789"), 60)
    tracemalloc.start()
    try:
        ranking.ranked(1)
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ranking.effort._memory_left < 0, "memory ended the search"
    assert held < 1.5 * 2**22


@pytest.mark.parametrize(
    "examples", [noise(100, 1000, "0123456789"), table(1000, 40)], ids=["digits", "table"]
)
def test_its_seconds_are_an_end(examples: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = count()  # a clock on which a second passes from look to look
    monkeypatch.setattr("bench.proposers.enumerator.contenders.time.thread_time", looks.__next__)
    ranking = Ranking(examples, 50)
    ranking.ranked(5)
    assert ranking.effort.tried < 5000
    assert next(looks) < 100


def test_many_rows_of_many_numbers_are_searched_within_what_the_default_budget_allows() -> None:
    """The families for tables bound their tests by counts: none eats up what others need."""
    rows = [dict(row) for row in table(1000, 36).values]
    examples = Examples(
        tuple(",".join(f"{name}:{value:.3f}" for name, value in row.items()) for row in rows),
        tuple(int(row["x3"] + row["x7"] > 100) for row in rows),
    )
    ranking = Ranking(examples, float("inf"))
    assert ranking.ranked(1).wrong < 150
    assert ranking.effort.tried < 7_000_000  # a processor of today tries more in 5 seconds


@pytest.mark.parametrize(
    "examples", [noise(4, 6), noise(60, 20), noise(40, 8, "0123456789"), table(50, 4)]
)
def test_no_two_attempts_give_the_same_program_until_there_are_no_more(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammar, "MOST_BITS", 18)  # a few hundred programs, and no thousands
    ranking = Ranking(examples, SECONDS)
    programs = [program(ranking.ranked(k).program) for k in range(1, 800)]
    distinct = programs.index(programs[0], 1)
    assert distinct >= 5
    assert len(set(programs[:distinct])) == distinct
    assert programs[distinct : 2 * distinct] == programs[:distinct][: len(programs) - distinct]
