"""The rules and their samplers, against naive second implementations."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from targets import TARGETS, Rule, UnknownTarget, Words, find
from targets.binary import coordinates
from tests.targets.naive import naive

RULES = [target for target in TARGETS if isinstance(target, Rule)]
NODE = st.integers(1, 99)
ANY_INPUT = {
    "binary": st.integers(3, 25).flatmap(lambda n: st.text("01", min_size=4 * n, max_size=4 * n)),
    "decimal": st.integers(10**7, 10**24 - 1).map(str).map(lambda x: x[: len(x) // 2 * 2]),
    "graph": st.lists(st.tuples(NODE, NODE), min_size=4, max_size=30).map(
        lambda edges: "".join(f"u{u:02}v{v:02}" for u, v in edges)
    ),
}
ALPHABET = {"binary": "01", "decimal": "0123456789", "graph": "uv0123456789"}


def rule(name: str) -> Rule:
    """The rule of this name."""
    found = find(name)
    assert isinstance(found, Rule)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
@given(data=st.data())
@settings(max_examples=50)
def test_labels(rule: Rule, data: st.DataObject) -> None:
    x = data.draw(ANY_INPUT[rule.kind])
    assert rule.label(x) == naive(rule.name)(x)


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
@given(extra=st.integers(0, 20), label=st.integers(0, 1), hard=st.booleans(), seed=st.text("ab", max_size=9))
@settings(max_examples=20, deadline=None)
def test_draws(rule: Rule, extra: int, label: int, hard: bool, seed: str) -> None:
    length = (rule.least + extra) // rule.divisor * rule.divisor
    drawn = rule.draw(label, length, 4, Words(seed), hard)
    assert drawn == rule.draw(label, length, 4, Words(seed), hard)
    for x in drawn:
        assert naive(rule.name)(x) == label
        assert set(x) <= set(ALPHABET[rule.kind])
        halves = 2 if rule.name in ("two_primes", "gcd_range") else 1
        assert len(x) == (length // 6 * 6 if rule.kind == "graph" else halves * length)
        assert rule.kind != "decimal" or x[0] != "0"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.domain], ids=lambda t: t.stem)
def test_domains_are_counted(rule: Rule) -> None:
    for length in (8, 12) if rule.divisor == 4 else (10, 11):
        labels = [rule.label("".join(x)) for x in product("01", repeat=length)]
        assert rule.domain is not None
        assert [rule.domain(0, length), rule.domain(1, length)] == [labels.count(0), labels.count(1)]


@pytest.mark.parametrize(("name", "label", "length", "domain"), [("dyck2", 1, 12, 40), ("prime_decimal", 1, 4, 1061)])
def test_positives_are_uniform(name: str, label: int, length: int, domain: int) -> None:
    seen = Counter(rule(name).draw(label, length, 20 * domain, Words("uniform"), False))
    assert len(seen) == domain
    assert stats.chisquare(list(seen.values())).pvalue > 1e-3


def test_primes_of_one_window_share_no_leading_digits() -> None:
    primes = rule("prime_decimal").draw(1, 50, 400, Words("apart"), False)
    assert len({x[:10] for x in primes}) == len(set(primes)) == 400


def test_hard_negatives_close_the_published_shortcuts() -> None:
    words = [
        rule("dyck2").draw(0, 40, 50, Words("hard"), True),
        rule("palindrome").draw(0, 25, 50, Words("hard"), True),
    ]
    for x in words[0]:
        pairs = Counter(x[i : i + 2] for i in range(0, len(x), 2))
        assert pairs["00"] == pairs["01"]
        assert pairs["10"] == pairs["11"]
    assert all(sum(a != b for a, b in zip(x, x[::-1], strict=True)) == 2 for x in words[1])
    for x in (x for n in (7, 20) for x in rule("prime_decimal").draw(0, n, 50, Words("hard"), True)):
        assert x[-1] in "1379"
        assert all(int(x) % p for p in range(2, 1000))


def test_hard_graphs_share_nodes_and_degrees() -> None:
    graphs = [rule("graph_has_cycle").draw(label, 60, 1, Words("same"), True)[0] for label in (0, 1)]
    degrees = [sorted(Counter(x[i + 1 : i + 3] for i in range(0, len(x), 3)).values()) for x in graphs]
    assert degrees[0] == degrees[1]


def test_a_target_without_a_second_implementation_says_so() -> None:
    with pytest.raises(LookupError, match=r"majority has no second .* to NAIVE in tests/targets/naive\.py"):
        naive("majority")


def test_find() -> None:
    assert find("fn_a") is find("parity_all")
    assert find("fn_a").stem == "fn_a-parity_all"
    assert [t.stem for t in TARGETS if "fn_a" in t.stem] == ["fn_a-parity_all"]
    assert find("fn_aa").stem == "graph_has_cycle"
    with pytest.raises(UnknownTarget, match="palindrome"):
        find("palindrom")


def test_lengths() -> None:
    assert "at least 10" in (find("parity_rand_10").length_error(9) or "")
    assert find("parity_rand_10").length_error(10) is None
    assert "multiple of 4" in (find("dyck2").length_error(50) or "")
    assert "14 features" in (find("adult_income").length_error(50) or "")
    assert coordinates(10, 20) == coordinates(10, 20)
