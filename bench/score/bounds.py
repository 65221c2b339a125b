"""What a selected program's results prove: upper bounds on its true error, at 95 %, each with its source."""

import ast
import math
import warnings
from dataclasses import dataclass

from bench.record.outcome import Bound, Bounds

DELTA = 0.05
"""The probability with which a bound may fail."""
LONGEST_PARSED = 1 << 15
"""Characters. A longer source is not minified before it is measured: for some, that takes quadratic
time.
"""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What was settled before a search: how many attempts it may make, and whether it stops early."""

    attempts: int
    stops_early: bool

    def share_of_delta(self, number: int) -> float:
        """The share of delta that the attempt of this number may fail with; all shares sum to 1.

        The k programs that the allowed attempts would give do not depend on the validation split:
        no proposer sees it, and a stop settles only how many of them are looked at. So any shares
        that are fixed before the search and sum to 1 over the k hold for whichever program is
        selected (the union bound with unequal shares: Langford 2005, JMLR 6:273, the Occam's razor
        bound). A search that makes all its attempts may select any of them: 1 / k each. One that
        stops early mostly ends at its first attempts: 1 / (s (s + 1)) for the s-th, scaled by
        (k + 1) / k to sum to 1; tighter than 1 / k for the first (of five, alike for the second).

        Neither of two other rules holds. Shares of 1 / s, s the attempts that were made, sum to
        more than 1, since s is the data's: of searches that stop early they fail for up to 10.9 %
        at k = 5. So do the larger of both shares, chosen when s is known: 6.8 %.
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
    delta: float = DELTA,
) -> Bounds:
    """The three bounds for a program.

    `val_right` of `val_size` validation examples are right; it is that of the `selected`-th attempt
    of a search; `description_bits` is its length, None where it is not known; `consistent` says
    whether it is right on all `train_size` examples of the prompt.
    """
    applies = consistent and description_bits is not None and train_size > 0
    occam = occam_bound(description_bits or 0.0, train_size, delta) if applies else None
    paper = paper_bound(val_size, search.attempts, delta) if val_right == val_size else None
    share = search.share_of_delta(selected)
    return Bounds(
        confidence=1 - delta,
        validation=_stated(validation_bound(val_right, val_size, delta * share)),
        occam=_stated(occam),
        paper=_stated(paper),
    )


def validation_bound(right: int, size: int, delta: float = DELTA) -> float:
    """(a) The error of a program that got `right` of `size` validation examples right.

    The exact upper limit of the binomial (Clopper and Pearson 1934) at level delta: the 1 - delta
    quantile of Beta(wrong + 1, right). For none wrong that is 1 - delta ** (1 / size). Of a search's
    selected program it holds with the attempt's share of delta, see `Allowed.share_of_delta`:
    0.035 for 100 examples, solved at the first of five attempts, and 0.045 where all five are made.

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
    """(b) The error of a program of S = `bits` bits that is consistent with m = `size` examples.

    (S ln 2 + ln(2 S^2 / delta)) / m: Occam's razor (Blumer, Ehrenfeucht, Haussler and Warmuth
    1987), as stated for length-first enumeration (Singhal, Malach, Poggio and Galanti 2025, arXiv
    2510.14331): a union bound over the 2^S programs of each length S, with a share delta / (2 S^2)
    of the failures for each length. It needs no validation data, and holds for a language fixed
    before the examples were seen. Raises ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError("the Occam bound needs at least one example")
    length = max(1, math.ceil(bits))
    return (length * math.log(2) + math.log(2 * length**2 / delta)) / size


def paper_bound(val_size: int, attempts: int, delta: float = DELTA) -> float:
    """(c) The paper's own: 2 sqrt(ln(4k / delta) / (2 m_val)) above the best of k programs' error.

    Singhal, Malach, Poggio and Galanti 2025, arXiv 2510.14331: Hoeffding's inequality for all k
    programs at once, on both sides; k is the number of `attempts` that were allowed. Read as a bound on the error itself it supposes that one of
    them is exactly right; it is given to compare with (a), which supposes nothing and is tighter.
    """
    return 2 * math.sqrt(math.log(4 * attempts / delta) / (2 * val_size))


def _stated(error: float | None) -> Bound:
    return Bound(error=error, vacuous=error is None or error >= 1)


def minified_bits(source: str) -> float:
    """8 bits for each byte of the source without comments, docstrings and spare white space.

    A source that cannot be parsed, or only at some risk, is measured as it is: it never raises,
    whatever it is given.
    """
    as_it_is, minified = (
        len(text.encode("utf-8", "surrogatepass")) for text in (source.strip(), _minified(source))
    )
    return 8.0 * min(as_it_is, minified)


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
