"""The colours of test accuracies: a class for each step of the scale."""

from bench.run.points import Point

CHANCE = 0.5
"""What a guess comes to."""
SCALE = (
    ("none", "not scored"),
    ("raised", "raised, or no label, on every input"),
    ("low", "below chance: under 45%"),
    ("h0", "chance: 45% to 55%"),
    ("h1", "to 65%"),
    ("h2", "to 80%"),
    ("h3", "to 95%"),
    ("h4", "to 99.9%"),
    ("h5", "99.9% and up"),
)
"""Each class and what it stands for."""

_BOUNDS = (0.45, 0.55, 0.65, 0.8, 0.95, 0.999)
_CLASSES = ("low", "h0", "h1", "h2", "h3", "h4", "h5")


def heat(accuracy: float | None) -> str:
    """The class of a test accuracy; `none` where nothing was scored."""
    if accuracy is None:
        return "none"
    return _CLASSES[sum(accuracy >= bound for bound in _BOUNDS)]


def heat_of(point: Point) -> str:
    """The class of a point's test accuracy.

    A program that gave no label anywhere is no program that says the opposite: `raised`.
    """
    return "raised" if point.without_labels else heat(point.test_acc)


DIFFERENCES = (
    ("a3", "A better by 20 points or more"),
    ("a2", "by 5 to 20"),
    ("a1", "by less than 5"),
    ("same", "equal"),
    ("b1", "B better by less than 5"),
    ("b2", "by 5 to 20"),
    ("b3", "by 20 points or more"),
)
"""The classes of differences of test accuracies, and what each stands for."""
_APART = (0.0005, 0.05, 0.2)


def apart(difference: float | None) -> tuple[str, str]:
    """The class of b's test accuracy less a's, and the style that places its bar around 0."""
    if difference is None:
        return "none", ""
    step = sum(abs(difference) >= bound for bound in _APART)
    name = f"{'b' if difference > 0 else 'a'}{step}" if step else "same"
    ends = sorted((0.5, 0.5 + difference / 2))
    return name, places(start=ends[0], end=ends[1])


def places(**shares: float | None) -> str:
    """The style that tells a cell where on its scale, from 0 to 100 %, to mark these shares."""
    known = {name: share for name, share in shares.items() if share is not None}
    return "; ".join(f"--{name}: {100 * share:.1f}%" for name, share in known.items())
