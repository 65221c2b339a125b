"""The shortcut audit: how well trivial rules do, which know nothing of the target.

A score means little where such a rule reaches it as well.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from bench.jail.features import parse_features
from bench.record.outcome import Shortcut
from targets.counts import PRIMES, longest_run
from targets.kinds import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Bits = NDArray[np.float32]


FARTHEST = 1_000
"""How far from the number that is written the one may be that primes are to divide."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A rule in words, and how many inputs it is right on."""

    rule: str
    right: int


def best_shortcut(
    inputs: Sequence[str], labels: Sequence[int], kind: Kind, *, itself: Collection[str] = ()
) -> Shortcut | None:
    """The best trivial rule on these inputs and its accuracy; None where there are no inputs.

    What spells the target's rule `itself` is left out.

    Tried are: the majority, each single position or feature, the first symbol against the last,
    counts against each threshold, sums modulo 2 to 4, what the kind has of counts and questions,
    trial division, and decision trees of depth 2. Each is fitted to the very inputs that it is
    scored on, so that no such rule does better.
    """
    import numpy as np

    if not inputs:
        return None
    y = np.array(labels, np.int64)
    ones = int(y.sum())
    found = [Fitted("always the more frequent label", max(ones, len(y) - ones))]
    found += _table(inputs, y) if kind.argument == "features" else _string(inputs, y, kind)
    others = [one for one in found if one.rule not in itself]
    best = max(others, key=lambda one: one.right)  # the first of the best: the simplest
    return Shortcut(rule=best.rule, accuracy=round(best.right / len(y), 6))


def digits(inputs: Sequence[str]) -> tuple[list[int], "NDArray[np.uint8]"]:
    """The positions at which all inputs have a digit, and these digits: [positions, inputs]."""
    import numpy as np

    symbols = np.frombuffer("".join(inputs).encode(), np.uint8).reshape(len(inputs), -1)
    columns = symbols.T - ord("0")
    where = [i for i, column in enumerate(columns) if column.max() < 10]
    return where, np.ascontiguousarray(columns[where])


def _string(inputs: Sequence[str], y: "Numbers", kind: Kind) -> Iterator[Fitted]:
    """Rules over the digits of inputs, at positions where all of them have one."""
    import numpy as np

    where, x = digits(inputs)
    for i, column in zip(where, x, strict=True):
        yield Fitted(f"the symbol at position {i}", _classes(column, y, 10))
    first_against_last = np.sign(x[0].astype(np.int64) - x[-1]) + 1
    yield Fitted("the first symbol against the last", _classes(first_against_last, y, 3))
    total = x.sum(axis=0, dtype=np.int64)
    for words, values in {kind.total: total, "the longest run": longest_run(x)}.items():
        yield threshold(words, values, y)
    for modulus in (2, 3, 4):
        yield Fitted(f"{kind.total} modulo {modulus}", _classes(total % modulus, y, modulus))
    for words, values in kind.counts(x).items():
        yield threshold(words, values, y)
    for words, holds in kind.answers(x).items():
        yield Fitted(words, _classes(holds, y, 2))
    for words, remainders in kind.remainders(x).items():
        yield _sieve(words, remainders, y)
    parts = np.concatenate([ask(x) for ask in kind.questions.values()])
    names = [words.format(i) for words, i in product(kind.questions, where)]
    yield _tree(parts.T.astype(np.float32), y, names.__getitem__)


def _table(inputs: Sequence[str], y: "Numbers") -> Iterator[Fitted]:
    import numpy as np

    rows = [parse_features(x) for x in inputs]
    parts, names = [], []
    for name in rows[0]:
        values = [row[name] for row in rows]
        if all(isinstance(value, float) for value in values):
            known, at = np.unique(np.array(values, np.float64), return_inverse=True)
            yield threshold(name, at.astype(np.int64), y, [f"{value:g}" for value in known])
            cuts = sorted({int(np.sort(at)[len(at) * k // 8]) for k in range(1, 8)})
            parts += [at > cut for cut in cuts]
            names += [f"{name} > {known[cut]:g}" for cut in cuts]
        else:
            known, at = np.unique(np.array([str(value) for value in values]), return_inverse=True)
            yield Fitted(f"the value of {name}", _classes(at, y, len(known)))
            parts += [at == k for k in range(len(known))]
            names += [f"{name} = {value}" for value in known]
    yield _tree(np.array(parts).T.astype(np.float32), y, names.__getitem__)


def _classes(column: "NDArray[Any]", y: "Numbers", count: int) -> int:
    """How many are right when each of `count` values gets its more frequent label."""
    import numpy as np

    both = np.bincount(column + count * y, minlength=2 * count).reshape(2, count)
    return int(both.max(axis=0).sum())


def threshold(
    what: str, values: "Numbers", y: "Numbers", known: Sequence[str] | None = None
) -> Fitted:
    """The best rule `values > t` or `values <= t`.

    Where the values are ranks, `known` has what to write for each of them.
    """
    import numpy as np

    size = int(values.max()) + 1
    both = np.bincount(values + size * y, minlength=2 * size).reshape(2, size)
    zeros, ones = np.cumsum(both, axis=1)
    above = ones[-1] - ones + zeros  # right when those above t are 1
    right = np.stack([above, len(y) - above], axis=1).ravel()
    best = int(right.argmax())
    t, side = best // 2, "at most" if best % 2 else "above"
    spelt = known[t] if known else str(t)
    return Fitted(f"{what} {side} {spelt}", int(right[best]))


def struck(remainders: "Numbers", y: "Numbers") -> tuple[int, ...]:
    """For each prime the remainder that the fewest inputs of label 1 leave."""
    import numpy as np

    each = zip(remainders[:, y == 1], PRIMES, strict=True)
    return tuple(int(np.bincount(some, minlength=p).argmin()) for some, p in each)


def offset(lacking: Sequence[int]) -> int | None:
    """The number c near 0 that leaves these remainders, so that a prime divides n - c; or None."""
    for size in range(FARTHEST):
        for c in (size, -size):
            if all(c % p == remainder for p, remainder in zip(PRIMES, lacking, strict=True)):
                return c
    return None


def _sieve(what: str, remainders: "Numbers", y: "Numbers") -> Fitted:
    """Trial division of a number, or of one near it: 1 if no prime leaves the remainder struck."""
    import numpy as np

    lacking = struck(remainders, y)
    passes = (remainders != np.array(lacking)[:, None]).all(axis=0)
    c = offset(lacking)
    less = "" if not c else f" {'minus' if c > 0 else 'plus'} {abs(c)}"
    words = f"no prime below 50 divides {what}{less}"
    if c is None:
        words = f"{what} leaves no remainder modulo a prime below 50 that is rare with label 1"
    return Fitted(words, int((passes == (y == 1)).sum()))


def _tree(x: "Bits", y: "Numbers", name: Callable[[int], str]) -> Fitted:
    """The best decision tree of depth 2 over yes-or-no columns.

    With the labels as +1 and -1, a leaf is right on half of its size and half of its sum's absolute
    value. The sums are whole numbers below 2^24, so that 32-bit floats hold them exactly.
    """
    import numpy as np

    signs = (2 * y - 1).astype(np.float32)
    signed = x * signs[:, None]
    both, one, total = signed.T @ x, signed.sum(axis=0), float(signs.sum())
    yes = np.abs(both) + np.abs(one[:, None] - both)
    no = np.abs(one[None, :] - both) + np.abs(total - one[:, None] - one[None, :] + both)
    root = int(np.argmax(yes.max(axis=1) + no.max(axis=1)))
    then, other = int(np.argmax(yes[root])), int(np.argmax(no[root]))
    gain = float(yes[root, then] + no[root, other])
    return Fitted(f"if {name(root)}: {name(then)}; else: {name(other)}", round((len(y) + gain) / 2))
