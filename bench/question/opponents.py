"""Opponents of the audit that are too dear for each dataset: fitted learners, and half of a rule.

None of them knows the target. The learners are fitted on one half of the inputs and scored on the
other; the rest is scored on all of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.question.shortcuts import best_shortcut, digits, offset, struck, threshold
from targets import Target
from targets.counts import PRIMES, longest_run
from targets.forms.edge_lists import edges_of
from targets.kinds import GRAPH, Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Digits = NDArray[np.uint8]
    Features = NDArray[np.float32]
    Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Opponent:
    """A rule in words, or a learner, and the share of inputs that it is right on."""

    name: str
    accuracy: float


def opponents(
    inputs: Sequence[str], labels: Sequence[int], target: Target, *, learners: bool
) -> list[Opponent]:
    """The best opponent of each sort, the best first; `learners` asks for those of scikit-learn."""
    import numpy as np

    kind = target.kind
    found = best_shortcut(inputs, labels, kind, itself=target.audited_as)
    if found is None:
        return []
    best = [Opponent(found.rule, found.accuracy)]
    y = np.array(labels, np.int64)
    if kind.argument == "text":
        x = digits(inputs)[1]
        best += _fermat(inputs, x, y, kind)
        best += _triangles(inputs, y) if kind is GRAPH else []
        best += _learners(x, y, kind) if learners else []
    return sorted(best, key=lambda one: -one.accuracy)


def has_learners() -> bool:
    """Whether scikit-learn is installed."""
    from importlib.util import find_spec

    return find_spec("sklearn") is not None


def _fermat(inputs: Sequence[str], x: "Digits", y: "Numbers", kind: Kind) -> Iterator[Opponent]:
    """The Fermat test to base 2, of the number or of one nearby that trial division points to.

    Inputs that are two numbers must pass with both.
    """
    near = {name: offset(struck(some, y)) or 0 for name, some in kind.remainders(x).items()}
    if not near:
        return
    half = len(inputs[0]) // 2
    parts = {"it": [(slice(None), near["it"])]}
    if "the first half" in near:
        halves = (("the first half", slice(half)), ("the second half", slice(half, None)))
        parts["both halves"] = [(digits_of, near[name]) for name, digits_of in halves]
    for name, numbers in parts.items():
        passes = [_all_pass(text, numbers) for text in inputs]
        right = sum(passed == label for passed, label in zip(passes, y.tolist(), strict=True))
        yield Opponent(f"the Fermat test to base 2 passes {name}", right / len(y))


def _all_pass(text: str, numbers: "Sequence[tuple[slice, int]]") -> bool:
    """Whether the number at each of these places of an input passes, less what stands beside it."""
    return all(_passes(int(text[place]) - less) for place, less in numbers)


def _passes(n: int) -> bool:
    import gmpy2

    return n > 1 and gmpy2.powmod(2, n - 1, n) == 1


def _triangles(inputs: Sequence[str], y: "Numbers") -> list[Opponent]:
    """How many triangles there are, against each threshold."""
    import numpy as np

    counts = np.array([_count_triangles(x) for x in inputs])
    found = threshold("the number of triangles", counts, y)
    return [Opponent(found.rule, found.right / len(y))]


def _count_triangles(x: str) -> int:
    neighbours = defaultdict[int, set[int]](set)
    edges = edges_of(x)
    for u, v in edges:
        neighbours[u].add(v)
        neighbours[v].add(u)
    return sum(len(neighbours[u] & neighbours[v]) for u, v in edges) // 3


def _learners(x: "Digits", y: "Numbers", kind: Kind) -> Iterator[Opponent]:
    """A logistic regression and boosted trees on generic features."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    half = len(y) // 2
    trees = HistGradientBoostingClassifier(random_state=0, early_stopping=False)
    regression = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
    numbers, one_hot = _features(x, kind)
    learners: dict[str, tuple[Any, Features]] = {
        "boosted trees": (trees, numbers),
        "a logistic regression": (regression, one_hot),
    }
    with threadpool_limits(1):
        for name, (learner, features) in learners.items():
            learner.fit(features[:half], y[:half])
            yield Opponent(name, float(learner.score(features[half:], y[half:])))


def _features(x: "Digits", kind: Kind) -> "tuple[Features, Features]":
    """For each input what can be read off: as numbers, and with a column a value.

    The symbol at each position, the kind's counts, sums and their remainders modulo 2 to 4, the
    longest run, and for numbers the remainders modulo small primes.
    """
    import numpy as np

    total = x.sum(axis=0, dtype=np.int64)
    counts = [total, longest_run(x), *kind.counts(x).values()]
    classes = [(total % modulus, modulus) for modulus in (2, 3, 4)]
    for remainders in kind.remainders(x).values():
        classes += zip(remainders, PRIMES, strict=True)
    symbols = [(row, int(x.max()) + 1) for row in x]
    hot = [column == value for column, size in [*symbols, *classes] for value in range(size)]
    numbers = [*x, *counts, *(column for column, _ in classes)]
    return (
        np.array(numbers, np.float32).T,
        np.array([*counts, *hot], np.float32).T,
    )
