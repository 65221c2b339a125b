"""The rules and their samplers, against naive second implementations."""

import re
from collections import Counter
from itertools import groupby, product
from math import gcd
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.question.dataset import obtain
from bench.question.spec import DatasetSpec
from targets import TARGETS, Rule, UnknownTarget, Words, find, kinds
from targets.families.fixed_bits import PUBLIC_POLYNOMIAL, monomials
from targets.families.pseudoprimes import FAMILIES, family, pseudoprime
from tests.targets.naive import is_prime, naive
from tests.targets.thresholds import best_threshold

RULES = [target for target in TARGETS if isinstance(target, Rule)]
NODE = st.integers(1, 99)
ANY_INPUT = {
    "binary": st.integers(3, 25).flatmap(lambda n: st.text("01", min_size=4 * n, max_size=4 * n)),
    "decimal": st.integers(10**7, 10**24 - 1).map(str).map(lambda x: x[: len(x) // 2 * 2]),
    "graph": st.lists(st.tuples(NODE, NODE), min_size=4, max_size=30).map(
        lambda edges: "".join(f"u{u:02}v{v:02}" for u, v in edges)
    ),
}


def rule(name: str) -> Rule:
    """The rule of this name."""
    found = find(name)
    assert isinstance(found, Rule)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
@given(data=st.data())
@settings(max_examples=50)
def test_labels(rule: Rule, data: st.DataObject) -> None:
    x = data.draw(ANY_INPUT[rule.kind.name])
    assert rule.label(x) == naive(rule.name)(x)


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
@given(
    extra=st.integers(0, 20),
    label=st.integers(0, 1),
    hard=st.booleans(),
    seed=st.text("ab", max_size=9),
)
@settings(max_examples=20)
def test_draws(rule: Rule, extra: int, label: int, hard: bool, seed: str) -> None:
    length = (rule.least + extra) // rule.divisor * rule.divisor
    drawn = rule.draw(label, length, 4, Words(seed), hard)
    assert drawn == rule.draw(label, length, 4, Words(seed), hard)
    for x in drawn:
        assert naive(rule.name)(x) == label
        assert rule.kind.shape.fullmatch(x)
        assert len(x) <= rule.kind.longest(length)
        halves = 2 if rule.name in ("two_primes", "gcd_range") else 1
        assert len(x) == (length // 6 * 6 if rule.kind is kinds.GRAPH else halves * length)
        assert rule.kind is not kinds.DECIMAL or x[0] != "0"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.domain], ids=lambda t: t.stem)
def test_domains_are_counted(rule: Rule) -> None:
    for length in (8, 12) if rule.divisor == 4 else (10, 11):
        labels = [rule.label("".join(x)) for x in product("01", repeat=length)]
        assert rule.domain is not None
        assert [rule.domain(0, length), rule.domain(1, length)] == [
            labels.count(0),
            labels.count(1),
        ]


@pytest.mark.parametrize(
    ("name", "label", "length", "domain"), [("dyck2", 1, 12, 40), ("prime_decimal", 1, 4, 1061)]
)
def test_positives_are_uniform(name: str, label: int, length: int, domain: int) -> None:
    from scipy import stats

    seen = Counter(rule(name).draw(label, length, 20 * domain, Words("uniform"), False))
    assert len(seen) == domain
    assert stats.chisquare(list(seen.values())).pvalue > 1e-3


@pytest.mark.parametrize("name", [rule.name for rule in RULES if rule.family == "prime"])
@pytest.mark.parametrize(("label", "hard"), [(1, False), (0, True)])
def test_numbers_of_one_window_share_no_digits(name: str, label: int, hard: bool) -> None:
    """Leading, middle or last ones: they would tell that a number is a neighbour of a known one."""
    drawn = rule(name).draw(label, 50, 800, Words("apart"), hard)
    numbers = [x[at : at + 50] for x in drawn for at in range(0, len(x), 50)]
    for part in (slice(None, 10), slice(7, 45), slice(7, 17), slice(30, 40), slice(-10, None)):
        assert len({x[part] for x in numbers}) == len(numbers) >= 800


@pytest.mark.parametrize("name", [rule.name for rule in RULES if rule.planted])
def test_hard_composites_that_pass_the_fermat_test_are_planted(name: str, tmp_path: Path) -> None:
    data = obtain(DatasetSpec(rule(name), 20, 100, 100, 1000, 42, 1, "hard"), tmp_path)
    # The test split is read anew each time that it is asked for
    splits = {"train": data.train, "val": data.val, "test": data.test}
    for part, split in splits.items():
        lines = data.meta["planted"][part]
        assert 1 <= sum(map(len, lines.values())) <= len(split.inputs) // 10
        for line in (line for some in lines.values() for line in some):
            assert split.labels[line - 1] == 0
    kinds = {kind for found in data.meta["planted"].values() for kind in found}
    assert kinds == set(FAMILIES)
    assert "planted" not in obtain(DatasetSpec(rule(name), 20, 20, 20, 20, 42, 1), tmp_path).meta


@pytest.mark.parametrize("length", [12, 20, 31, 100])
def test_pseudoprimes_pass_the_fermat_test_and_are_composite(length: int) -> None:
    words, kinds = Words("pseudoprimes"), set()
    for _ in range(12):
        n = pseudoprime(length, words)
        kinds.add(family(n))
        assert len(str(n)) == length
        assert not is_prime(n)
        assert pow(2, n - 1, n) == pow(3, n - 1, n) == 1
        if family(n) == "Carmichael number":
            assert all(pow(base, n - 1, n) == 1 for base in (5, 7, 11, 13))
    assert kinds == (set(FAMILIES) if length > 12 else {"pseudoprime to bases 2 and 3"})
    assert family(561) is None  # a Carmichael number of no family here
    assert family(7 * 13 * 19) == "Carmichael number"


def test_half_of_the_hard_negatives_of_two_primes_have_one() -> None:
    drawn = rule("two_primes").draw(0, 20, 400, Words("one"), True)
    kinds = Counter((is_prime(int(x[:20])), is_prime(int(x[20:]))) for x in drawn)
    assert kinds[True, False] + kinds[False, True] == kinds[False, False] == len(drawn) // 2
    assert abs(kinds[True, False] - kinds[False, True]) <= len(drawn) // 100


@pytest.mark.parametrize("label", [0, 1])
def test_hard_gcds_are_near_both_bounds(label: int) -> None:
    drawn = rule("gcd_range").draw(label, 20, 1000, Words("near"), True)
    found = Counter(gcd(int(x[:20]), int(x[20:])) for x in drawn)
    for bound in (20, 51) if label else (19, 52):
        assert found[bound] >= 10


def test_hard_composites_have_no_small_factor() -> None:
    for x in (
        x for n in (7, 20) for x in rule("prime_decimal").draw(0, n, 50, Words("hard"), True)
    ):
        assert x[-1] in "1379"
        assert all(int(x) % p for p in range(2, 1000))


@pytest.mark.parametrize("length", [100, 51, 50, 25])
def test_hard_palindromes_keep_their_counts(length: int) -> None:
    drawn = rule("palindrome").draw(0, length, 400, Words("hard"), True)
    half = length // 2
    broken = [sum(a != b for a, b in zip(x, x[::-1], strict=True)) // 2 for x in drawn]
    assert 0 < broken.count(1) < 0.2 * len(drawn)
    assert broken.count(2) > 0.6 * len(drawn)
    swapped = [x for x, pairs in zip(drawn, broken, strict=True) if pairs > 1]
    assert all(x[:half].count("1") == x[-half:].count("1") for x in swapped)
    assert sum(_grams(x, 4) == _grams(x[::-1], 4) for x in swapped) > 0.8 * len(swapped)
    assert sum(x[0] == x[-1] for x in drawn) > 0.9 * len(drawn)


def _grams(x: str, n: int) -> Counter[str]:
    return Counter(x[i : i + n] for i in range(len(x) - n + 1))


@pytest.mark.parametrize("name", ["patternmatch1", "patternmatch2"])
@pytest.mark.parametrize("length", [100, 20])
def test_hard_pattern_negatives_are_positives_rearranged(name: str, length: int) -> None:
    """Counts of parts of up to four symbols and the longest run are distributed alike."""
    pattern = rule(name).rule.split()[-1]
    drawn = [rule(name).draw(label, length, 1000, Words("alike"), True) for label in (0, 1)]
    for part in (
        *("".join(bits) for n in (1, 2, 3, 4) for bits in product("01", repeat=n)),
        "longest",
    ):
        values = [[_value(x, part) for x in xs] for xs in drawn]
        assert best_threshold(*values) < 0.58, part
    assert sum(pattern[:-2] in x or pattern[2:] in x for x in drawn[0]) > 900


def _value(x: str, part: str) -> int:
    if part == "longest":
        return max(len(list(run)) for _, run in groupby(x))
    return len(re.findall(f"(?={part})", x))


@pytest.mark.parametrize("length", [100, 40, 20])
def test_only_the_stack_tells_hard_bracket_words(length: int) -> None:
    drawn = rule("dyck2").draw(0, length, 400, Words("stack"), True)
    assert sum(map(_looks_balanced, drawn)) > 0.8 * len(drawn)
    assert not all(map(_looks_balanced, drawn))
    for x in rule("dyck2").draw(1, length, 100, Words("stack"), True):
        assert _looks_balanced(x)


def _looks_balanced(x: str) -> bool:
    """Whether each type alone is balanced, both without types, and no opener meets a wrong end."""
    word = "".join("()[]"[int(x[i : i + 2], 2)] for i in range(0, len(x), 2))
    words = [
        word.replace("[", "").replace("]", ""),
        word.replace("(", "").replace(")", "").replace("[", "(").replace("]", ")"),
        word.replace("[", "(").replace("]", ")"),
    ]
    return all(map(_balanced, words)) and "(]" not in word and "[)" not in word


def _balanced(word: str) -> bool:
    while (shorter := word.replace("()", "")) != word:
        word = shorter
    return word == ""


@pytest.mark.parametrize("name", ["graph_has_cycle", "palindrome", "dyck2", "prime_decimal"])
def test_fewer_hard_inputs_are_the_beginning_of_more(name: str) -> None:
    few, more = (rule(name).draw(0, 60, count, Words("page"), True) for count in (3, 200))
    assert more[: len(few)] == few


@pytest.mark.parametrize("length", [9, 20, 30, 50, 100])
def test_the_polynomial_has_degree_3_at_each_length(length: int) -> None:
    terms = monomials(3, 3, PUBLIC_POLYNOMIAL, length)
    assert [len(term) for term in terms] == [3, 3, 3]
    assert len({i for term in terms for i in term}) == 9


def test_a_target_without_a_second_implementation_says_so() -> None:
    with pytest.raises(
        LookupError, match=r"majority has no second .* to NAIVE in tests/targets/naive\.py"
    ):
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
