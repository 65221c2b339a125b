"""The opponents of the audit that are too dear for each dataset."""

import pytest

from bench.question.opponents import Opponent, opponents
from targets import Rule, Words, find


def _drawn(
    name: str, length: int, *, hard: bool, count: int, learners: bool = False
) -> dict[str, float]:
    """The accuracy of each opponent on inputs of both classes, in turns."""
    target = find(name)
    assert isinstance(target, Rule)
    classes = [target.draw(label, length, count, Words(f"{label}"), hard) for label in (0, 1)]
    pairs = [*zip(*classes, strict=False)][:count]
    inputs = [x for pair in pairs for x in pair]
    found = opponents(inputs, [0, 1] * len(pairs), target, learners=learners)
    assert found == sorted(found, key=lambda one: -one.accuracy)
    return {one.name: one.accuracy for one in found}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("prime_decimal", "the Fermat test to base 2 passes it"),
        ("prime_plus_47", "the Fermat test to base 2 passes it"),
        ("two_primes", "the Fermat test to base 2 passes both halves"),
    ],
)
def test_the_fermat_test_is_right_but_for_what_is_planted(name: str, says: str) -> None:
    found = _drawn(name, 20, hard=True, count=800)
    assert 0.95 < found[says] < 1


def test_learners_learn_and_are_scored_on_what_they_have_not_seen() -> None:
    found = _drawn("parity_rand:k=1", 20, hard=False, count=200, learners=True)
    assert found["boosted trees"] == found["a logistic regression"] == 1
    found = _drawn("sha256_parity", 20, hard=False, count=200, learners=True)
    assert max(found["boosted trees"], found["a logistic regression"]) < 0.65


def test_triangles_tell_published_graphs_apart() -> None:
    assert any("triangles" in name for name in _drawn("graph_has_cycle", 60, hard=True, count=40))
    found = _drawn("graph_has_cycle", 60, hard=False, count=40)
    assert found["the number of triangles above 1"] == 1


def test_nothing_to_audit() -> None:
    assert opponents([], [], find("fn_a"), learners=True) == []
    rows = [f"x0:{i % 7}.5,x1:c{i % 3}" for i in range(200)]
    labels = [int(i % 3 == 1) for i in range(200)]
    found = opponents(rows, labels, find("chess"), learners=True)
    assert found == [Opponent("the value of x1", 1.0)]
