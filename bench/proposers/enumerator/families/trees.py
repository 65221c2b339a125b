"""For tables: small decision trees of tests of features."""

from collections.abc import Iterator, Sequence

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families.row_tests import RowTest, row_tests
from bench.proposers.enumerator.language import BITS, Expr, Op

DEEPEST = 4
MOST_PAIRS = 1 << 20
"""Every root is tried if all pairs of tests are no more than this; else the best ones alone."""
_BRANCH = Op(
    ("bool", "bool", "bool"),
    "bool",
    BITS["bool"],
    "({1} if {0} else {2})",
    lambda test, yes, no: yes if test else no,
)
_LEAVES = tuple(Expr(Op((), "bool", 1, str(label), lambda label=label: label)) for label in (0, 1))


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """The greedy tree of each depth, by Gini impurity, and the best tree of depth 2."""
    tests = row_tests(examples, effort)
    if not tests:
        return
    yield Contender(BITS["bool"])
    everything, depths = examples.everything, range(2, DEEPEST + 1)
    grown = [_greedy(everything, depth, tests, examples, effort) for depth in depths]
    grown.append(_best_of_two_levels(tests, examples, effort))
    found = [Contender(tree.bits, tree, _wrong(tree, examples)) for tree in grown]
    yield from sorted(found, key=lambda contender: contender.bits)


def _wrong(tree: Expr, examples: Examples) -> int:
    return sum(tree(x) != label for x, label in zip(examples.values, examples.labels, strict=True))


def _leaf(rows: int, examples: Examples) -> Expr:
    """The majority label of these rows."""
    return _LEAVES[2 * (rows & examples.target).bit_count() > rows.bit_count()]


def _branch(test: RowTest, yes: Expr, no: Expr) -> Expr:
    return yes if yes is no else Expr(_BRANCH, (test.expr, yes, no))


def _greedy(
    rows: int, depth: int, tests: Sequence[RowTest], examples: Examples, effort: Effort
) -> Expr:
    """Split by the test that leaves the least impurity, as CART does, down to `depth` levels."""
    positive = rows & examples.target
    if depth == 0 or positive in (0, rows):
        return _leaf(rows, examples)
    effort.spend(len(tests))

    def left_impure(test: RowTest) -> float:
        return _impurity(rows & test.mask, positive) + _impurity(rows & ~test.mask, positive)

    test = min(tests, key=left_impure)
    if rows & test.mask in (0, rows):
        return _leaf(rows, examples)
    yes = _greedy(rows & test.mask, depth - 1, tests, examples, effort)
    no = _greedy(rows & ~test.mask, depth - 1, tests, examples, effort)
    return _branch(test, yes, no)


def _impurity(rows: int, positive: int) -> float:
    """The Gini impurity of these rows, times their number."""
    size = rows.bit_count()
    right = (rows & positive).bit_count()
    return 2 * right * (size - right) / size if size else 0.0


def _best_of_two_levels(tests: Sequence[RowTest], examples: Examples, effort: Effort) -> Expr:
    """The tree of depth 2 with the fewest errors: each root gets the best test on either side."""
    target = examples.target

    def stump(rows: int) -> tuple[int, RowTest]:
        effort.spend(len(tests))
        half, size = rows & target, rows.bit_count()
        fewest, best = size + 1, tests[0]
        for test in tests:
            # The rows that the test predicts wrongly. Majorities in both parts are no worse.
            wrong = ((test.mask & rows) ^ half).bit_count()
            if wrong < fewest:
                fewest, best = wrong, test
        return fewest, best

    roots = [test for test in tests if test.mask & 1]  # of a test and its opposite, one is enough
    most = MOST_PAIRS // len(tests)
    if len(roots) > most:
        roots = sorted(roots, key=lambda root: examples.wrong(root.mask))[:most]
    scored = [(stump(root.mask), stump(examples.everything & ~root.mask), root) for root in roots]
    yes, no, root = min(scored, key=lambda tree: tree[0][0] + tree[1][0])
    return _branch(
        root,
        _stump(yes[1], root.mask, examples),
        _stump(no[1], examples.everything & ~root.mask, examples),
    )


def _stump(test: RowTest, rows: int, examples: Examples) -> Expr:
    return _branch(test, _leaf(rows & test.mask, examples), _leaf(rows & ~test.mask, examples))
