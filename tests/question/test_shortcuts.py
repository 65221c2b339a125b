"""The shortcut audit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.question.shortcuts import best_shortcut
from bench.record.outcome import Shortcut
from targets import Rule, Words, find, kinds


def _bits(count: int, length: int) -> list[str]:
    words = Words("audit")
    return [f"{words.bits(length):0{length}b}" for _ in range(count)]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (lambda x: x[3] == "1", "the symbol at position 3"),
        (lambda x: x[0] == x[-1], "the first symbol against the last"),
        (lambda x: x.count("1") > 9, "the number of ones above 9"),
        (lambda x: x.count("1") <= 9, "the number of ones at most 9"),
        (lambda x: "00000" in x or "11111" in x, "the longest run above 4"),
        (lambda x: x.count("1") % 2, "the number of ones modulo 2"),
        (lambda x: x.count("1") % 4 in (1, 2), "the number of ones modulo 4"),
        (lambda x: "1111" in x, "the number of 1111 above 0"),
        (lambda x: x.count("01") + x.count("10") > 10, "the number of runs above 11"),
        (lambda x: "000000" in x, "the longest run of 0 above 5"),
        (lambda x: x[5] == x[7], "if position 5: position 7; else: position 7"),
    ],
)
def test_each_rule_is_found(rule, says: str) -> None:  # type: ignore[no-untyped-def]
    inputs = _bits(400, 20)
    found = best_shortcut(inputs, [int(rule(x)) for x in inputs], kinds.BINARY)
    assert found == Shortcut(rule=says, accuracy=1.0)


def test_digits_graphs_and_tables() -> None:
    numbers = [str(1000 + 7 * i) for i in range(500)]
    found = best_shortcut(numbers, [int(x[-1] in "1379") for x in numbers], kinds.DECIMAL)
    assert found == Shortcut(rule="the symbol at position 3", accuracy=1.0)
    graphs = [f"u{i:02}v02u{i:02}v04" if i % 2 else f"u{i:02}v02u03v04" for i in range(10, 90)]
    found = best_shortcut(graphs, [i % 2 for i in range(10, 90)], kinds.GRAPH)
    assert found is not None
    assert found.accuracy == 1.0
    rows = [f"x0:{i % 7}.5,x1:c{i % 3}" for i in range(200)]
    assert best_shortcut(rows, [int(i % 3 == 1) for i in range(200)], kinds.TABULAR) == Shortcut(
        rule="the value of x1", accuracy=1.0
    )
    assert best_shortcut(rows, [int(i % 7 > 3) for i in range(200)], kinds.TABULAR) == Shortcut(
        rule="x0 above 3.5", accuracy=1.0
    )


def test_the_rule_itself_is_no_shortcut() -> None:
    inputs = _bits(400, 20)
    parity = find("parity_all")
    assert isinstance(parity, Rule)
    labels = [parity.label(x) for x in inputs]
    found = best_shortcut(inputs, labels, parity.kind, itself=parity.audited_as)
    assert found is not None
    assert found.accuracy < 0.7
    assert best_shortcut(inputs, labels, parity.kind) == Shortcut(
        rule=parity.audited_as[0], accuracy=1.0
    )


def test_nothing_to_audit() -> None:
    assert best_shortcut([], [], kinds.BINARY) is None


@given(
    st.lists(
        st.tuples(st.text("01", min_size=6, max_size=6), st.integers(0, 1)), min_size=1, max_size=40
    )
)
def test_never_below_the_majority(items: list[tuple[str, int]]) -> None:
    labels = [label for _, label in items]
    found = best_shortcut([x for x, _ in items], labels, kinds.BINARY)
    assert found is not None
    assert (
        max(labels.count(0), labels.count(1))
        <= round(found.accuracy * len(labels), 3)
        <= len(labels)
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("prime_decimal", "no prime below 50 divides it"),
        ("prime_plus_47", "no prime below 50 divides it minus 47"),
        ("two_primes", "no prime below 50 divides the"),
        ("gcd_range", "a prime up to 47 divides both halves"),
        ("dyck2", "00, 01 balanced and 10, 11 balanced, no 00 before 11, no 10 before 01"),
    ],
)
def test_what_the_published_negatives_give_away(name: str, says: str) -> None:
    target = find(name)
    assert isinstance(target, Rule)
    zeros, ones = (target.draw(label, 20, 600, Words(f"{label}"), False) for label in (0, 1))
    found = best_shortcut([*zeros, *ones], [0] * len(zeros) + [1] * len(ones), target.kind)
    assert found is not None
    assert found.rule.startswith(says)
    assert found.accuracy > 0.75
