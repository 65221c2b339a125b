"""The binary targets, against naive second implementations."""

import hashlib
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets import TARGETS, Target, UnknownTarget, Words, find
from targets.binary import coordinates

BITS = st.text("01", min_size=10, max_size=100)


def _odd(x: str) -> int:
    result = 0
    for c in x:
        result ^= int(c)
    return result


NAIVE: dict[str, Callable[[str], int]] = {
    "parity_all": _odd,
    "parity_first_half": lambda x: _odd(x[: len(x) // 2]),
    "patternmatch1": lambda x: int(any(x[i : i + 8] == "10" * 4 for i in range(len(x)))),
    "patternmatch2": lambda x: int(any(x[i : i + 8] == "00" + "1" * 6 for i in range(len(x)))),
    "parity_rand_3": lambda x: _odd("".join(x[i] for i in coordinates(3, len(x)))),
    "parity_rand_10": lambda x: _odd("".join(x[i] for i in coordinates(10, len(x)))),
    "palindrome": lambda x: int(all(x[i] == x[-1 - i] for i in range(len(x)))),
    "sha256_parity": lambda x: _odd(bin(int(hashlib.sha256(x.encode()).hexdigest(), 16))[2:]),
}


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.stem)
@given(x=BITS, length=st.integers(10, 100), seed=st.text("ab"))
def test_labels_and_samples(target: Target, x: str, length: int, seed: str) -> None:
    naive = NAIVE[target.name]
    assert target.label(x) == naive(x)
    for label in (0, 1):
        for hard in (False, True):
            (drawn,) = target.draw(label, length, 1, Words(seed), hard)
            assert len(drawn) == length
            assert set(drawn) <= {"0", "1"}
            assert naive(drawn) == label


@pytest.mark.parametrize("target", [t for t in TARGETS if t.domain], ids=lambda t: t.stem)
def test_domains_are_counted(target: Target) -> None:
    for length in (10, 11):
        labels = [target.label("".join(x)) for x in product("01", repeat=length)]
        assert target.domain is not None
        assert [target.domain(0, length), target.domain(1, length)] == [labels.count(0), labels.count(1)]


def test_find() -> None:
    assert find("fn_a") is find("parity_all")
    assert find("fn_a").stem == "fn_a-parity_all"
    with pytest.raises(UnknownTarget, match="palindrome"):
        find("palindrom")


def test_lengths() -> None:
    assert "at least 10" in (find("parity_rand_10").length_error(9) or "")
    assert find("parity_rand_10").length_error(10) is None
    assert len({coordinates(10, 20), coordinates(10, 20)}) == 1
