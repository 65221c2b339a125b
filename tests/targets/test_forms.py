"""The forms of inputs: what they draw are inputs, and what they call simpler is."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets import TARGETS, Rule, Words
from targets.forms.edge_lists import EDGES, edges_of, is_simple
from targets.forms.form import Form
from tests.targets.naive import naive

RULES = [target for target in TARGETS if isinstance(target, Rule)]
ONE_OF_EACH_FORM = [
    next(rule for rule in RULES if rule.form is form)
    for form in dict.fromkeys(rule.form for rule in RULES)
]
LOOKED_AT = 60


def form(rule: Rule) -> Form:
    """The form of a registered rule: each has one."""
    found = rule.form
    assert found is not None
    return found


def is_an_input(rule: Rule, x: str, length: int) -> bool:
    """Whether x is written as an input of this length is."""
    if rule.kind.name == "binary":
        return len(x) == length and set(x) <= {"0", "1"}
    if rule.kind.name == "graph":
        edges = edges_of(x)
        nodes = {node for edge in edges for node in edge}
        return len(edges) == length // 6 and is_simple(edges) and min(nodes) >= 1
    numbers = 2 if rule.name in ("two_primes", "gcd_range") else 1
    leads = {x[i * length] for i in range(numbers)}
    return len(x) == numbers * length and x.isdecimal() and "0" not in leads


def some_length(rule: Rule, extra: int) -> int:
    return (rule.least + extra) // rule.divisor * rule.divisor


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
@given(extra=st.integers(0, 30), seed=st.text("ab", max_size=9))
@settings(max_examples=5)
def test_whatever_is_drawn_is_an_input_of_the_length(rule: Rule, extra: int, seed: str) -> None:
    length = some_length(rule, extra)
    streams = [form(rule).uniform, *form(rule).special.values()]
    streams += [rule.edge_cases] if rule.edge_cases else []
    for stream in streams:
        drawn = list(islice(stream(length, Words(seed)), LOOKED_AT))
        assert drawn == list(islice(stream(length, Words(seed)), LOOKED_AT))
        assert drawn and all(is_an_input(rule, x, length) for x in drawn)


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
def test_edge_cases_are_of_either_class(rule: Rule) -> None:
    if rule.edge_cases:
        for length in (some_length(rule, 20), rule.lengths[0] // 2 // rule.divisor * rule.divisor):
            drawn = list(islice(rule.edge_cases(length, Words("either")), LOOKED_AT))
            assert set(map(naive(rule.name), drawn)) == {0, 1}
            assert len(set(drawn)) > LOOKED_AT // 2


@pytest.mark.parametrize("rule", ONE_OF_EACH_FORM, ids=lambda t: t.stem)
@given(extra=st.integers(2, 30), seed=st.text("ab", max_size=9))
@settings(max_examples=20)
def test_what_is_simpler_is_an_input_and_smaller_and_a_change_is_of_one_symbol(
    rule: Rule, extra: int, seed: str
) -> None:
    length, words = some_length(rule, extra), Words(seed)
    x = next(form(rule).uniform(length, words))
    size = form(rule).size
    steps = list(islice(form(rule).steps(x), 300))
    assert all(is_an_input(rule, y, length) for y in steps)
    assert any(size(y) < size(x) for y in steps) or size(x) < (3, "")
    changed = form(rule).changed(x, words)
    assert is_an_input(rule, changed, length)
    if rule.kind.name == "graph":
        assert sum(a != b for a, b in zip(edges_of(x), edges_of(changed), strict=True)) == 1
    else:
        assert sum(a != b for a, b in zip(x, changed, strict=True)) == 1


@pytest.mark.parametrize("rule", ONE_OF_EACH_FORM, ids=lambda t: t.stem)
def test_inputs_come_in_rising_order(rule: Rule) -> None:
    sizes = [form(rule).size(x) for x in islice(form(rule).rising(some_length(rule, 5)), 2000)]
    assert sizes == sorted(set(sizes))


def test_all_strings_of_bits_and_all_numbers_are_told_in_order() -> None:
    bits = list(form(ONE_OF_EACH_FORM[0]).rising(8))
    assert len(set(bits)) == 2**8 and bits[:3] == ["00000000", "00000001", "00000010"]
    (number,) = (form(rule) for rule in RULES if rule.name == "prime_decimal")
    assert list(number.rising(3)) == [str(n) for n in range(100, 1000)]


def test_all_graphs_that_are_plainly_written_are_told_in_order() -> None:
    graphs = list(EDGES.rising(3 * 6))
    assert graphs[0] == "u01v02u01v03u02v03"
    assert graphs[-1] == "u01v06u02v05u03v04"
    # A triangle; on 4 nodes, 20 sets of three pairs less 4 triangles; on 6, 15 matchings.
    assert [sum(len(set(map(int, _names(x)))) == n for x in graphs) for n in (3, 4, 6)] == [
        1,
        16,
        15,
    ]


def _names(x: str) -> list[str]:
    return [x[at : at + 2] for i in range(0, len(x), 6) for at in (i + 1, i + 4)]
