"""What the shortcut audit counts in inputs, against plain counting."""

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from targets.counts import PRIMES, brackets, of_bits, of_graphs, remainders


def test_components_and_leaves_of_graphs() -> None:
    graphs = ["u01v02u02v03", "u01v02u03v04", "u02v01u09v02", "u07v08u01v02"]
    digits = np.array([[int(x[i]) for i in (1, 2, 4, 5, 7, 8, 10, 11)] for x in graphs], np.uint8).T
    found = {words: column.tolist() for words, column in of_graphs(digits).items()}
    assert found == {
        "the number of names": [3, 4, 3, 4],
        "the largest degree": [2, 1, 2, 1],
        "the number of names that stand once": [2, 4, 2, 4],
        "the number of names that stand twice": [1, 0, 1, 0],
        "the number of components": [1, 2, 1, 2],
    }


@given(st.lists(st.text("01", min_size=7, max_size=7), min_size=1, max_size=9))
def test_counts_of_bits(xs: list[str]) -> None:
    found = of_bits(np.array([list(map(int, x)) for x in xs], np.uint8).T)
    assert len(found) == 30 + 3  # all words of one to four bits, and of runs
    for words, column in found.items():
        *_, what = words.split()
        for x, value in zip(xs, column.tolist(), strict=True):
            runs = [len(list(run)) for symbol, run in groupby(x) if what in ("runs", symbol)]
            if what == "runs":
                assert value == len(runs)
            elif "run" in words:
                assert value == max(runs, default=0)
            else:
                assert value == sum(x.startswith(what, i) for i in range(len(x)))


@given(st.lists(st.text("01", min_size=8, max_size=8), min_size=1, max_size=9))
def test_questions_about_brackets(xs: list[str]) -> None:
    found = brackets(np.array([list(map(int, x)) for x in xs], np.uint8).T)
    for x, *answers in zip(xs, *(column.tolist() for column in found.values()), strict=True):
        word = "".join("()[]"[int(x[i : i + 2], 2)] for i in range(0, 8, 2))
        types = {pair: [c for c in word if c in pair] for pair in ("()", "[]")}
        equal = all(2 * one.count(pair[0]) == len(one) for pair, one in types.items())
        apart = all(_is_balanced("".join(one), pair) for pair, one in types.items())
        assert answers == [equal, apart, apart and "(]" not in word and "[)" not in word]


def _is_balanced(word: str, pair: str) -> bool:
    while (shorter := word.replace(pair, "")) != word:
        word = shorter
    return word == ""


@given(st.lists(st.integers(10**5, 10**6 - 1), min_size=1, max_size=9))
def test_remainders(numbers: list[int]) -> None:
    found = remainders(np.array([list(map(int, str(n))) for n in numbers], np.uint8).T)
    for i, n in enumerate(numbers):
        assert found["it"][:, i].tolist() == [n % p for p in PRIMES]
        assert found["the first half"][:, i].tolist() == [n // 1000 % p for p in PRIMES]
        assert found["the second half"][:, i].tolist() == [n % 1000 % p for p in PRIMES]
