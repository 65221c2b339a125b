"""What the page shows of the recovery of a point's rule: the counterexample, and what was tried."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from bench.record.outcome import Agreement, Counterexample, Generalization
from bench.record.wording import percent
from bench.run.points import Point
from bench.show.page.text import clip, inside, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryView:
    """What came of trying a solved point's program on inputs that were chosen to refute it."""

    said: str
    counterexample: Markup | None
    """The input, with what differs from `beside` marked."""
    facts: tuple[tuple[str, str], ...]
    beside: Markup | None
    agreement: tuple[tuple[str, ...], ...]
    """A table, its head first."""
    other_lengths: tuple[tuple[str, ...], ...]


def recovery_view(point: Point, longest: int) -> RecoveryView | None:
    """The view of a point, each input cut to `longest` bytes; None where nothing was tried."""
    outcome, found = point.outcome, point.counterexample
    if outcome is None or not (outcome.falsify_tried or found or outcome.falsify_error):
        return None
    marked = _marked(found, longest) if found else (None, None)
    return RecoveryView(
        said=_said(point),
        counterexample=marked[0],
        facts=tuple(_facts(found)) if found else (),
        beside=marked[1],
        agreement=_agreement(outcome.agreement),
        other_lengths=_other_lengths(outcome.other_lengths),
    )


def texts_of_recovery(point: Point) -> Iterable[str]:
    """The inputs that the page shows of a point."""
    if (found := point.counterexample) is not None:
        yield found.input
        yield found.beside or ""


def _said(point: Point) -> str:
    outcome = point.outcome
    tried = f"{outcome.falsify_tried:,}" if outcome else "0"
    if point.recovered is None:
        why = outcome.falsify_error if outcome else None
        return f"Not known whether the program is the rule: {why or 'it was not tried'}."
    if point.recovered:
        return f"The program is the rule on all of {tried} inputs that were chosen to refute it."
    return f"The program is not the rule. It was tried on {tried} inputs."


def _marked(found: Counterexample, longest: int) -> tuple[Markup, Markup | None]:
    """The counterexample and the input beside it, with the places marked where they differ."""
    shown, left_out = clip(visible(found.input), longest)
    note = Markup(" [… {:,} characters more]").format(left_out) if left_out else Markup("")
    if found.beside is None:
        return inside(shown) + note, None
    beside, _ = clip(visible(found.beside), longest)
    places = [a != b for a, b in zip(shown, beside, strict=False)]
    return _with_marks(shown, places) + note, _with_marks(beside, places) + note


def _with_marks(text: str, places: Sequence[bool]) -> Markup:
    """The text with an element around each run of the places that are marked."""
    parts = Markup("")
    for is_marked, some in groupby(zip(text, places, strict=False), key=lambda pair: pair[1]):
        part = inside("".join(character for character, _ in some))
        parts += Markup("<mark>{}</mark>").format(part) if is_marked else part
    return parts + inside(text[len(places) :])


def _facts(found: Counterexample) -> Iterable[tuple[str, str]]:
    yield "The rule says", str(found.label)
    yield "The program says", "-" if found.prediction is None else str(found.prediction)
    yield "Found among", found.source
    if found.smallest:
        yield "Simpler ones", "none: all simpler inputs were tried"


def _agreement(found: Sequence[Agreement]) -> tuple[tuple[str, ...], ...]:
    rows = [(one.source, f"{one.tried:,}", f"{one.right:,}") for one in found]
    return (("inputs", "tried", "right"), *rows) if rows else ()


def _other_lengths(found: Sequence[Generalization]) -> tuple[tuple[str, ...], ...]:
    rows = [(str(one.length), str(one.size), _share(one), one.error or "") for one in found]
    return (("length", "inputs", "accuracy", "error"), *rows) if rows else ()


def _share(found: Generalization) -> str:
    return "-" if found.accuracy is None else percent(found.accuracy)
