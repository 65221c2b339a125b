"""Rules drawn anew by a rule seed, and families with dials."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.proposers.enumerator import Enumerator
from bench.question.dataset import obtain
from bench.question.spec import DatasetSpec
from targets import TARGETS, Rule, UnknownTarget, find, registered
from targets.families.automaton import PUBLIC, hard_rules, products
from targets.families.fixed_bits import coordinates, monomials
from tests.proposers.enumerator.test_embedded import ask, load, prompt_of

DRAWN = (
    *("parity_rand_3", "parity_rand_10", "patternmatch1", "patternmatch2", "automata_parity"),
    *("poly_f2_deg3", "poly_f2:degree=1:terms=1", "poly_f2:degree=2:terms=4"),
    *("poly_f2:degree=6:terms=2", "parity_rand:k=1", "parity_rand:k=5"),
    *("pattern:len=4", "pattern:len=6", "pattern:len=12"),
)
FIXED = [target for target in TARGETS if target.name not in DRAWN]


def _naive(rule: Rule, x: str) -> int:
    """The label once more, from what the rule says of itself."""
    if rule.family == "pattern":
        return int(re.search(rule.rule.split()[-1], x) is not None)
    if rule.family == "automaton":
        table = f"{int(rule.rule.split()[-1]):08b}"[::-1]
        row = [table[int(f"0{x}0"[i : i + 3], 2)] for i in range(len(x))]
        return row.count("1") % 2
    params = dict(rule.params)
    if rule.family == "parity":
        count = params.get("k") or int(rule.rule.split()[2])
        return sum(int(x[i]) for i in coordinates(count, rule.name, len(x))) % 2
    degree, terms = params.get("degree", 3), params.get("terms", 3)
    found = monomials(degree, terms, f"rule:{rule.name}", len(x))
    return sum(all(x[i] == "1" for i in term) for term in found) % 2


@pytest.mark.parametrize("name", DRAWN)
@given(
    rule_seed=st.integers(1, 10**6),
    extra=st.integers(0, 8),
    hard=st.booleans(),
    sizes=st.tuples(*[st.integers(1, 8).map(lambda n: 2 * n)] * 3),
)
@settings(max_examples=6)
def test_each_drawn_rule_gives_sound_splits(
    name: str, rule_seed: int, extra: int, hard: bool, sizes: tuple[int, int, int]
) -> None:
    rule = find(name, rule_seed)
    assert isinstance(rule, Rule)
    length = min(max(rule.least + 6, 12) + extra, rule.most or 100)
    spec = DatasetSpec(rule, length, *sizes, 1, 1, "hard" if hard else "paper")
    with tempfile.TemporaryDirectory() as folder:
        data = obtain(spec, Path(folder))
        splits = (data.train, data.val, data.test)
    inputs = [x for split in splits for x in split.inputs]
    labels = [label for split in splits for label in split.labels]
    assert len(set(inputs)) == len(inputs) == sum(sizes)
    assert [sum(split.labels) for split in splits] == [size // 2 for size in sizes]
    assert labels == [_naive(rule, x) for x in inputs]
    assert data.meta["rule_seed"] == rule_seed


@pytest.mark.parametrize("name", DRAWN)
def test_a_rule_seed_is_a_target_of_its_own(name: str) -> None:
    rules = [find(name, seed) for seed in (0, 1, 2)]
    assert len({rule.name for rule in rules}) == len({rule.stem for rule in rules}) == 3
    for rule in rules:
        assert re.fullmatch(r"[\w-]+", rule.stem)
        assert registered(rule.name) is rule
        assert find(rule.name) is rule
    assert not (":" in name and any(rule.paper for rule in rules))


@pytest.mark.parametrize(
    "target", [t for t in TARGETS if t.name not in DRAWN], ids=lambda t: t.stem
)
def test_other_rules_have_no_seed(target: Rule) -> None:
    assert find(target.name, 7) is find(target.fn) is target


def test_rule_seeds_draw_other_rules() -> None:
    patterns = {find("patternmatch1", seed).rule for seed in range(9)}
    assert len(patterns) > 7
    assert len({find("automata_parity", seed).rule for seed in range(9)}) > 5
    supports = {coordinates(3, find("parity_rand_3", seed).name, 50) for seed in range(9)}
    assert len(supports) == 9


def test_drawn_patterns_are_not_told_by_runs() -> None:
    for size in (4, 5, 8):
        for seed in range(1, 60):
            pattern = find(f"pattern:len={size}", seed).rule.split()[-1]
            assert len(pattern) == size
            assert len(set(pattern[1:-1])) == 2


def test_drawn_automata_are_balanced_and_not_linear() -> None:
    assert PUBLIC not in hard_rules()
    assert products(PUBLIC) == (1, 2, 3, 4)  # left + own + right + own * right
    for number in hard_rules():
        assert number.bit_count() == 4
        rows = [f"{row:05b}" for row in range(32)]
        table = f"{number:08b}"[::-1]
        odd = [sum(table[int(f"0{x}0"[i : i + 3], 2)] == "1" for i in range(5)) % 2 for x in rows]
        linear = [[(mask & row).bit_count() % 2 for row in range(32)] for mask in range(32)]
        assert odd not in linear
        assert [1 - bit for bit in odd] not in linear


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("parity_rand", "parity_rand needs k: it takes k from 1 to 100"),
        ("parity_rand:k=0", "parity_rand takes k from 1 to 100, not k=0"),
        ("parity_rand:k=5:j=3", "parity_rand takes k from 1 to 100, not j=3"),
        ("parity_rand:k=x", "given as key=number, each once, not 'k=x'"),
        ("parity_rand:k=5:k=5", "given as key=number, each once, not 'k=5'"),
        ("parity_rand:", "given as key=number, each once, not ''"),
        ("poly_f2:degree=2", "poly_f2 needs terms: it takes degree from 1 to 6 and terms from 1"),
        ("fn_a:k=3", "fn_a takes no parameters; these do: pattern:len=8, parity_rand:k=5"),
        ("patternmatch1:len=5", "patternmatch1 takes no parameters, not len=5"),
        ("parity_rnd:k=3", "no target is called 'parity_rnd'; nearest: parity_rand"),
        ("parity_rand-k500", "parity_rand takes k from 1 to 100, not k=500"),
    ],
)
def test_wrong_dials_are_one_line(text: str, says: str) -> None:
    with pytest.raises(UnknownTarget) as caught:
        find(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_short_patterns_have_no_long_inputs() -> None:
    assert find("pattern:len=4").length_error(80) is None
    assert "no inputs longer than 80" in (find("pattern:len=4").length_error(81) or "")


def test_the_enumerator_solves_a_parity_of_another_seed(tmp_path: Path) -> None:
    rule = find("parity_rand_3", 7)
    assert isinstance(rule, Rule)
    data = obtain(DatasetSpec(rule, 12, 100, 20, 200, 42, 1), tmp_path)
    prompt = prompt_of(list(zip(data.train.inputs, data.train.labels, strict=True)))
    f = load(ask(Enumerator(seconds=30), prompt))
    assert all(f(x) == label for x, label in zip(data.test.inputs, data.test.labels, strict=True))
