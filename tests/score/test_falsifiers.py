"""The inputs that a program is tried on: different ones of each source, with their labels."""

from collections import Counter

import pytest

from bench.score.falsifiers import Tried, elsewhere, inputs
from targets import TARGETS, Rule, Words, find
from tests.targets.naive import naive

RULES = [target for target in TARGETS if isinstance(target, Rule)]
COUNT, OF_A_CLASS = 400, 150


def rule(name: str) -> Rule:
    """The rule of this name."""
    found = find(name)
    assert isinstance(found, Rule)
    return found


def examples(rule: Rule, length: int) -> list[tuple[str, int]]:
    """Some of either class, as a test split has them."""
    words = Words("examples")
    drawn = {label: rule.draw(label, length, 220, words, False) for label in (0, 1)}
    return [(x, label) for label, some in drawn.items() for x in dict.fromkeys(some)]


def tried(rule: Rule, length: int, *, hard: bool = False, seed: str = "42") -> Tried:
    form = rule.form
    assert form is not None
    drawn = examples(rule, length)
    return inputs(rule, form, length, count=COUNT, hard=hard, examples=drawn, seed=seed)


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
def test_inputs_differ_and_have_the_labels_of_the_rule(rule: Rule) -> None:
    length = min(rule.lengths)
    found = tried(rule, length)
    assert found == tried(rule, length)
    assert found != tried(rule, length, seed="43")
    assert len(set(found.inputs)) == len(found.inputs) == COUNT
    assert list(found.labels) == list(map(naive(rule.name), found.inputs))
    by_source = Counter(found.sources)
    wanted = {"positives", "negatives", "uniform", "boundary", "sorted", "sparse", "extremes"}
    wanted |= {"hard"} if rule.hardens else set()
    wanted |= {"edge cases"} if rule.edge_cases else set()
    assert wanted <= set(by_source)
    few = rule.name in ("palindrome", "dyck2")  # not every draw of a small class is new
    for source in ("positives", "negatives"):
        assert COUNT // 8 <= by_source[source] <= OF_A_CLASS
        assert few or by_source[source] == OF_A_CLASS
    assert ("paper" in Counter(tried(rule, length, hard=True).sources)) == rule.hardens


def test_where_there_are_fewer_inputs_all_are_tried() -> None:
    assert len(set(tried(rule("palindrome"), 7).inputs)) == 2**7


def test_nothing_is_tried_that_the_rule_does_not_speak_of() -> None:
    found = tried(rule("prime_decimal_tf_check"), 20)
    assert {x[-1] for x in found.inputs} == set("1379")
    assert {x[-1] for x in tried(rule("prime_decimal"), 20).inputs} == set("0123456789")


def test_other_lengths_are_next_to_it_and_half_of_it_where_the_rule_is_the_same() -> None:
    lengths = {
        "parity_all": (20, [19, 21, 10]),
        "dyck2": (40, [36, 44, 20]),
        "graph_has_cycle": (60, [54, 66, 30]),
        "patternmatch1": (8, [9]),
        "parity_rand_3": (20, []),
    }
    for name, (length, others) in lengths.items():
        form = rule(name).form
        assert form is not None
        found = elsewhere(rule(name), form, length, count=2000, seed="42")
        assert list(found) == others
        for other, some in found.items():
            assert len(some.inputs) == len(set(some.inputs)) == 40
            assert all(len(x) == other for x in some.inputs)
            assert set(some.labels) == {0, 1}
