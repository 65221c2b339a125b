"""Counterexamples are made as simple as can be: held against all inputs of a short length."""

from collections.abc import Callable, Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.search import shrink as module
from bench.search.shrink import Shrunk, shrink
from targets import Rule, Words, find
from targets.forms.bit_strings import BITS
from targets.forms.form import Form
from tests.support.winners import WINNERS, Winner

LENGTHS = {"dyck2": 12, "palindrome": 11, "graph_has_cycle": 24, "gcd_range": 4}
USUAL_LENGTH, LONG = 12, 20
FOUND = 300


def function(code: str) -> Callable[[str], int]:
    """What a program of ours computes."""
    names: dict[str, Callable[[str], int]] = {}
    exec(code, names)
    return names["f"]


def shrunk(
    form: Form, length: int, found: Sequence[str], is_wrong: Callable[[str], bool]
) -> tuple[Shrunk, int]:
    """What is found, and in how many batches."""
    batches = 0

    def wrong(inputs: Sequence[str]) -> list[str]:
        nonlocal batches
        batches += 1
        return [x for x in inputs if is_wrong(x)]

    return shrink(form, length, found, wrong), batches


def planted(winner: Winner, length: int) -> tuple[Form, list[str], Callable[[str], bool]]:
    """The form, some inputs on which a winner is wrong, and whether it is wrong on one."""
    rule, program = find(winner.target), function(winner.code)
    assert isinstance(rule, Rule)
    form = rule.form
    assert form is not None

    def is_wrong(x: str) -> bool:
        return program(x) != rule.label(x)

    words = Words("found")
    drawn = [*islice(form.uniform(length, words), FOUND)]
    drawn += rule.draw(0, length, FOUND // 10, words, True) if rule.hardens else []
    drawn += islice(rule.edge_cases(length, words), FOUND) if rule.edge_cases else ()
    return form, [x for x in drawn if is_wrong(x)], is_wrong


@pytest.mark.parametrize("steps_alone", [False, True])
@pytest.mark.parametrize("winner", WINNERS, ids=str)
def test_the_smallest_counterexample_is_found(
    winner: Winner, steps_alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = LENGTHS.get(winner.target, USUAL_LENGTH)
    if steps_alone and winner.target == "gcd_range":
        pytest.skip(
            "no step from two multiples of 51 to two smaller ones changes one of them alone"
        )
    if steps_alone:
        monkeypatch.setattr(module, "RISING", 0)
    form, found, is_wrong = planted(winner, length)
    got, batches = shrunk(form, length, found, is_wrong)
    smallest = next(x for x in form.rising(length) if is_wrong(x))
    assert got.input == smallest
    assert batches <= 1 + module.ROUNDS
    if got.beside is not None:
        assert not is_wrong(got.beside) and form.size(got.beside) < form.size(got.input)


SMALLEST_AT_100 = {
    "as many brackets of each type close as open": "00" * 24 + "01" * 25 + "00",
    "the last digit of a prime": "1" + "0" * 98 + "1",
    "an even number of ones": "0" * 98 + "11",
    "the first symbol is the last": "0" * 98 + "10",
    "six ones in a row": "0" + "1" * 6 + "0" * 93,
    "the pattern, but for the end": "0" * 92 + "10101010",
    "the parity of one bit too many": "0" * 50 + "1" + "0" * 49,
}


@pytest.mark.parametrize("winner", [w for w in WINNERS if w.name in SMALLEST_AT_100], ids=str)
def test_it_is_found_at_a_length_at_which_nobody_can_try_all(winner: Winner) -> None:
    form, found, is_wrong = planted(winner, 100)
    got, _ = shrunk(form, 100, found, is_wrong)
    assert got.input == SMALLEST_AT_100[winner.name]


@given(st.sets(st.integers(0, 2**10 - 1), min_size=1, max_size=40), st.integers(1, 4))
def test_of_any_set_the_smallest_is_found_and_told_to_be_that(wrong: set[int], some: int) -> None:
    inputs = {f"{n:010b}" for n in wrong}
    got, _ = shrunk(BITS, 10, sorted(inputs)[:some], inputs.__contains__)
    assert (got.input, got.smallest) == (min(inputs, key=BITS.size), True)
    assert got.beside not in inputs


def test_a_program_that_cannot_be_run_again_leaves_what_was_found() -> None:
    got = shrink(BITS, 30, ["1" * 30, "01" * 15], lambda inputs: None)
    assert got == Shrunk("01" * 15, smallest=False, beside=None)
