"""What benchmarks measure: ratios, which a busy machine changes less than it does times."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class NoRatios(ValueError):
    """One line: which file holds no ratios, and why."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """What something costs, as a multiple of what it is measured against: less is better."""

    name: str
    value: float
    """The median of the rounds."""
    noise: float
    """The standard deviation of the rounds, as a share of the median."""
    rounds: int


def ratio(name: str, costs: Sequence[float], baseline: Sequence[float]) -> Ratio:
    """The ratio of costs to those of the baseline in the same rounds, which have taken turns."""
    return of_rounds(name, [a / b for a, b in zip(costs, baseline, strict=True)])


def of_rounds(name: str, found: Sequence[float]) -> Ratio:
    """The ratio that some rounds have found, two or more."""
    median = statistics.median(found)
    return Ratio(name, median, statistics.stdev(found) / median, len(found))


def added(rounds: Sequence[Sequence[float]]) -> list[float]:
    """The sum of the first rounds of all, that of the second ones, and so on."""
    return [sum(of_all) for of_all in zip(*rounds, strict=True)]


def write(path: Path, measured: Mapping[str, Iterable[Ratio]], about: Mapping[str, Any]) -> None:
    """Write the ratios of each benchmark as JSON, and what there is to say `about` the machine."""
    plain = {name: [asdict(one) for one in ratios] for name, ratios in measured.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**about, "benchmarks": plain}, indent=1) + "\n", "utf-8")


def read(path: Path) -> dict[tuple[str, str], Ratio]:
    """The ratios of a file, by benchmark and name. Raises NoRatios."""
    try:
        plain = json.loads(path.read_bytes())["benchmarks"]
        found = [(of, Ratio(**one)) for of, ratios in plain.items() for one in ratios]
        return {(of, one.name): one for of, one in found if _is_number(one)}
    except OSError as error:
        raise NoRatios(f"{path}: {error.strerror or error}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NoRatios(f"{path} is not what `python -m benchmarks --out FILE` writes") from None


def _is_number(one: Ratio) -> bool:
    """True; raises ValueError where what the file says is no ratio."""
    if not (one.value > 0 and one.noise >= 0):
        raise ValueError
    return True
