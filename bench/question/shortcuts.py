"""The shortcut audit: how well trivial rules do, which know nothing of the target.

A score means little where such a rule reaches it as well.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from bench.jail.features import parse_features
from targets.kinds import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Bits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Fitted:
    rule: str
    right: int


def best_shortcut(
    inputs: Sequence[str], labels: Sequence[int], kind: Kind
) -> dict[str, Any] | None:
    """The best trivial rule on these inputs and its accuracy; None where there are no inputs.

    Tried are: the majority, each single position or feature, the first symbol against the last,
    counts against each threshold, the longest run, and decision trees of depth 2. Each is fitted
    to the very inputs that it is scored on, so that no such rule does better.
    """
    import numpy as np

    if not inputs:
        return None
    y = np.array(labels, np.int64)
    ones = int(y.sum())
    found = [_Fitted("always the more frequent label", max(ones, len(y) - ones))]
    found += _table(inputs, y) if kind.argument == "features" else _string(inputs, y, kind)
    best = max(found, key=lambda one: one.right)  # the first of the best: the simplest
    return {"rule": best.rule, "accuracy": round(best.right / len(y), 6)}


def _string(inputs: Sequence[str], y: "Numbers", kind: Kind) -> Iterator[_Fitted]:
    """Rules over the digits of inputs, at positions where all of them have one."""
    import numpy as np

    columns = np.frombuffer("".join(inputs).encode(), np.uint8).reshape(len(y), -1).T - ord("0")
    where = [i for i, column in enumerate(columns) if column.max() < 10]
    x = np.ascontiguousarray(columns[where])
    for i, column in zip(where, x, strict=True):
        yield _Fitted(f"the symbol at position {i}", _classes(column, y, 10))
    first_against_last = np.sign(x[0].astype(np.int64) - x[-1]) + 1
    yield _Fitted("the first symbol against the last", _classes(first_against_last, y, 3))
    total = x.sum(axis=0, dtype=np.int64)
    yield _threshold(kind.total, total, y)
    yield _threshold("the longest run", _longest_run(x), y)
    for words, count in kind.counts.items():
        yield _threshold(words, np.array(count(x)), y)
    parts = np.concatenate([ask(x) for ask in kind.questions.values()])
    names = [words.format(i) for words, i in product(kind.questions, where)]
    yield _tree(parts.T.astype(np.float32), y, names.__getitem__)


def _table(inputs: Sequence[str], y: "Numbers") -> Iterator[_Fitted]:
    import numpy as np

    rows = [parse_features(x) for x in inputs]
    parts, names = [], []
    for name in rows[0]:
        values = [row[name] for row in rows]
        if all(isinstance(value, float) for value in values):
            known, at = np.unique(np.array(values, np.float64), return_inverse=True)
            yield _threshold(name, at.astype(np.int64), y, [f"{value:g}" for value in known])
            cuts = sorted({int(np.sort(at)[len(at) * k // 8]) for k in range(1, 8)})
            parts += [at > cut for cut in cuts]
            names += [f"{name} > {known[cut]:g}" for cut in cuts]
        else:
            known, at = np.unique(np.array([str(value) for value in values]), return_inverse=True)
            yield _Fitted(f"the value of {name}", _classes(at, y, len(known)))
            parts += [at == k for k in range(len(known))]
            names += [f"{name} = {value}" for value in known]
    yield _tree(np.array(parts).T.astype(np.float32), y, names.__getitem__)


def _classes(column: "NDArray[Any]", y: "Numbers", count: int) -> int:
    """How many are right when each of `count` values gets its more frequent label."""
    import numpy as np

    both = np.bincount(column + count * y, minlength=2 * count).reshape(2, count)
    return int(both.max(axis=0).sum())


def _threshold(
    what: str, values: "Numbers", y: "Numbers", known: Sequence[str] | None = None
) -> _Fitted:
    """The best rule `values > t` or `values <= t`.

    Where the values are ranks, `known` has what to write for each of them.
    """
    import numpy as np

    size = int(values.max()) + 1
    ones, zeros = (np.cumsum(np.bincount(values[y == label], minlength=size)) for label in (1, 0))
    above = ones[-1] - ones + zeros  # right when those above t are 1
    t, upwards = max(product(range(size), (True, False)), key=lambda at: _right(above, len(y), *at))
    side = "above" if upwards else "at most"
    spelt = known[t] if known else str(t)
    return _Fitted(f"{what} {side} {spelt}", _right(above, len(y), t, upwards))


def _right(above: "Numbers", size: int, t: int, upwards: bool) -> int:
    """How many inputs the rule is right on; `above[t]` is that number for `values > t`."""
    return int(above[t]) if upwards else size - int(above[t])


def _longest_run(x: "NDArray[np.uint8]") -> "Numbers":
    """The longest run of one symbol in each input; `x` has a row a position."""
    import numpy as np

    run = longest = np.ones(x.shape[1], np.int64)
    for before, here in pairwise(x):
        run = np.where(before == here, run + 1, 1)
        longest = np.maximum(longest, run)
    return longest


def _tree(x: "Bits", y: "Numbers", name: Callable[[int], str]) -> _Fitted:
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
    return _Fitted(
        f"if {name(root)}: {name(then)}; else: {name(other)}", round((len(y) + gain) / 2)
    )
