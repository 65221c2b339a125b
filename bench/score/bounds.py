"""Upper bounds on a selected program's true error, at 95 %, each with its source."""

import ast
import math
import warnings
from dataclasses import dataclass

from bench.record.outcome import Bound, Bounds

DELTA = 0.05
"""The probability with which a bound may fail."""
LONGEST_PARSED = 1 << 15
"""Characters up to which a source is minified before it is measured: some take quadratic time."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is settled before a search: how many attempts it may make, and if it stops early."""

    attempts: int
    stops_early: bool

    def share_of_delta(self, number: int) -> float:
        """The share of delta with which the bound on this attempt's program may fail.

        The shares of all allowed attempts sum to 1. The k programs of these attempts do not depend
        on the validation split: no proposer sees it, and a stop decides only how many of them are
        looked at. So any shares that are fixed before the search and sum to 1 hold for whichever
        program is selected (the union bound with unequal shares, the Occam's razor bound: Langford
        2005, JMLR 6:273).

        A search that makes all its attempts may select any of them: 1 / k each. One that stops
        early mostly ends at its first attempts: attempt s has 1 / (s (s + 1)), times (k + 1) / k so
        that they sum to 1. Of five attempts that is tighter than 1 / k for the first, and equal for
        the second.

        Two other rules fail too often. Shares of 1 / s after s attempts sum to more than 1, as s
        depends on the data: with k = 5 and early stop they fail in up to 10.9 % of searches. The
        larger of both shares, chosen when s is known, fails in up to 6.8 %.
        """
        if not 1 <= number <= self.attempts:
            raise ValueError(f"attempt {number} of {self.attempts} allowed cannot be")
        if not self.stops_early:
            return 1 / self.attempts
        return (self.attempts + 1) / (self.attempts * number * (number + 1))


def bounds(
    *,
    val_right: int,
    val_size: int,
    search: Allowed,
    selected: int,
    description_bits: float | None,
    train_size: int,
    consistent: bool,
) -> Bounds:
    """The three bounds for the selected program of a search.

    It is right on `val_right` of `val_size` validation examples, and was made by the `selected`-th
    attempt of a search. `description_bits` is its length, None where that is not known.
    `consistent` says whether it is right on all `train_size` examples of the prompt.
    """
    applies = consistent and description_bits is not None and train_size > 0
    occam = occam_bound(description_bits or 0.0, train_size) if applies else None
    paper = paper_bound(val_size, search.attempts) if val_right == val_size else None
    share = search.share_of_delta(selected)
    return Bounds(
        confidence=1 - DELTA,
        validation=_stated(validation_bound(val_right, val_size, DELTA * share)),
        occam=_stated(occam),
        paper=_stated(paper),
    )


def validation_bound(right: int, size: int, delta: float) -> float:
    """(a) From validation: a program is right on `right` of `size` examples.

    The exact upper limit of the binomial (Clopper and Pearson 1934) at level delta: the 1 - delta
    quantile of Beta(wrong + 1, right). Where none is wrong that is 1 - delta ** (1 / size).

    For a search's selected program, delta is the attempt's share of it (`share_of_delta`). With 100
    examples that gives 0.035 where the first of five attempts is perfect, and 0.045 where all five
    are made.

    Raises ValueError for counts that cannot be.
    """
    if not (0 <= right <= size and size > 0 and 0 < delta < 1):
        raise ValueError(f"{right} of {size} right at delta {delta} cannot be")
    if right == 0:
        return 1.0
    if right == size:
        return 1 - float(delta ** (1 / size))
    from scipy.special import betaincinv

    return float(betaincinv(size - right + 1, right, 1 - delta))


def occam_bound(bits: float, size: int, delta: float = DELTA) -> float:
    """(b) From its length: a program of S = `bits` bits is right on all m = `size` examples.

    (S ln 2 + ln(2 S^2 / delta)) / m: Occam's razor (Blumer, Ehrenfeucht, Haussler and Warmuth
    1987), as stated for length-first enumeration (Singhal, Malach, Poggio and Galanti 2025, arXiv
    2510.14331). It is a union bound over the 2^S programs of each length S; each length has a share
    delta / (2 S^2) of the failures. It needs no validation data, and holds for a language that was
    fixed before the examples were seen. Raises ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError("the Occam bound needs at least one example")
    length = max(1, math.ceil(bits))
    return (length * math.log(2) + math.log(2 * length**2 / delta)) / size


def paper_bound(val_size: int, attempts: int, delta: float = DELTA) -> float:
    """(c) The paper's own: 2 sqrt(ln(4k / delta) / (2 m)) for k attempts, m validation examples.

    Singhal, Malach, Poggio and Galanti 2025, arXiv 2510.14331: Hoeffding's inequality for all k
    programs at once, on both sides; k is how many attempts were allowed. It bounds how much the
    selected program's error is above that of the best of the k. As a bound on the error itself it
    supposes that one of them is exactly right. It is given for comparison with (a), which supposes
    nothing and is tighter.
    """
    return 2 * math.sqrt(math.log(4 * attempts / delta) / (2 * val_size))


def _stated(error: float | None) -> Bound:
    return Bound(error=error, vacuous=error is None or error >= 1)


def minified_bits(source: str) -> float:
    """8 bits for each byte of the source without comments, docstrings and spare white space.

    A source that cannot be parsed, or that is too long to parse, is measured as it is. Nothing that
    it is given makes it raise.
    """
    return 8.0 * min(_size(source.strip()), _size(_minified(source)))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _minified(source: str) -> str:
    if len(source) > LONGEST_PARSED:
        return source.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                _drop_docstring(node)
        lines = ast.unparse(tree).splitlines()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.strip()
    return "\n".join(_dedented(line) for line in lines if line.strip())


def _drop_docstring(
    node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> None:
    if ast.get_docstring(node, clean=False) is None:
        return
    del node.body[0]
    if not node.body and not isinstance(node, ast.Module):
        node.body.append(ast.Pass())


def _dedented(line: str) -> str:
    """One space for each level of indentation, where `ast.unparse` writes four."""
    text = line.lstrip(" ")
    return " " * ((len(line) - len(text)) // 4) + text
