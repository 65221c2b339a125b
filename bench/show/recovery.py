"""How the recovery of a rule is shown: the mark of a point, and a counterexample in one line."""

from bench.record.outcome import Counterexample
from bench.record.widths import fit
from bench.run.points import Point

SOLVED, RECOVERED, UNSOLVED, LABELS = "✓", "✓ =", "✗", "·"


def mark(point: Point) -> str:
    """Whether a decided point is solved, and whether its program is the rule as far as is known.

    A point that was asked for labels alone is neither solved nor unsolved.
    """
    if point.labels_alone:
        return LABELS
    if not point.solved:
        return UNSOLVED
    return RECOVERED if point.recovered else SOLVED


def counterexample_line(counterexample: Counterexample, room: int | None = None) -> str:
    """Where a program is not the rule; a long input cut in the middle to `room` characters."""
    x = counterexample.input if room is None else fit(counterexample.input, room).rstrip()
    says = "the program fails"
    if counterexample.prediction is not None:
        says = f"the program says {counterexample.prediction}"
    return f"not the rule: {says} and the rule says {counterexample.label} on {x}"
