"""What the page shows, as plain values: the template only lays them out."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bench.record.answer import Answer
from bench.record.attempt import PROGRAM, Attempt
from bench.record.key import PointKey, id_part
from bench.record.outcome import Bound, Bounds, Generalization, Outcome
from bench.record.wording import counted, duration, moment, money, percent, percent_range
from bench.run.points import Point, in_grid_order, target_rule
from bench.run.readback import Results
from bench.show.page.dialogue import Dialogue, dialogues
from bench.show.page.heat import CHANCE, heat_of
from bench.show.page.refutation import RecoveryView, recovery_view
from bench.show.page.space import Space, prompt_key, space_of, with_note, wrong_text
from bench.show.page.text import clip, inside, visible
from bench.show.recovery import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One attempt of a point."""

    number: int
    selected: bool
    headline: str
    error: str | None
    error_detail: Markup
    error_detail_left_out: int
    facts: tuple[tuple[str, str], ...]
    code: Markup | None
    code_left_out: int
    text: Markup | None
    text_left_out: int
    text_title: str
    dialogue: Dialogue
    wrong: Markup | None
    """The first validation inputs that it got wrong, with their labels and what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """One point: a section of its own."""

    anchor: str
    id: str
    label: str
    """What came of it, in words."""
    mark: str
    heat: str
    accuracy: str
    interval: str
    val: str
    attempts: tuple[AttemptView, ...]
    shortcut: tuple[str, str] | None
    prompt: str | None
    """Its key; None where nothing was asked in words."""
    facts: tuple[tuple[str, str], ...]
    notes: tuple[Markup, ...]
    generalization: tuple[tuple[str, str, str, str], ...]
    recovery: RecoveryView | None
    tokens: str
    cost: str
    time: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Its row in a table of trials, behind its id."""
        shortcut = self.shortcut[1] if self.shortcut else "-"
        scores = (f"{self.mark} {self.val}".strip(), self.accuracy, self.interval, shortcut)
        return (*scores, str(len(self.attempts)), self.tokens, self.cost, self.time)


def point_views(results: Results, listed: Mapping[PointKey, Point]) -> dict[PointKey, PointView]:
    """Each listed point of the results, in the grid's order."""
    space, told = space_of(tuple(listed.values())), dialogues(results, listed)
    anchors: set[str] = set()
    views: dict[PointKey, PointView] = {}
    for point in in_grid_order(results.points):
        name = results.ids[point.key]
        anchor = free_anchor(id_part(name), anchors)
        anchors.add(anchor)
        if point.key in listed:
            views[point.key] = _point(point, name, anchor, space, told)
    return views


def free_anchor(anchor: str, taken: Container[str]) -> str:
    """The anchor, or one with a number where two names became alike."""
    name, number = anchor, 1
    while name in taken:
        number += 1
        name = f"{anchor}~{number}"
    return name


def _point(
    point: Point,
    name: str,
    anchor: str,
    space: Space,
    told: Mapping[tuple[str, int], Dialogue],
) -> PointView:
    test, interval, shortcut = point.test_acc, point.test_interval, point.shortcut
    state = came_to(point)
    kinds = ", ".join(dict.fromkeys(a.error for a in point.attempts if a.error))
    accuracy = percent(test) if test is not None else (kinds or "-") if point.decided else state
    colour, fault = heat_of(point), point.selected.error if point.selected else None
    about = percent_range(interval.low, interval.high) if interval else ""
    said = f"test accuracy {percent(test)}" if test is not None else kinds or "no test accuracy"
    said += f" ({about} with 95 %)" if about else ""
    if test == 0 and fault:
        accuracy = f"{fault}, {accuracy}"
        said = f"{fault}, {'no label on any' if point.without_labels else 'right on no'} input"
    return PointView(
        anchor=anchor,
        id=name,
        label=f"{name}: {state}, {said}, {counted(len(point.attempts), 'attempt')}",
        mark=mark(point) if point.decided else "",
        heat=colour,
        accuracy=accuracy,
        interval=about,
        val=percent(point.val_acc) if point.val_acc is not None else "-",
        attempts=tuple(_attempt(a, space, told.get((name, a.attempt), ())) for a in point.attempts),
        shortcut=(shortcut.rule, percent(shortcut.accuracy)) if shortcut else None,
        prompt=prompt_key(point.attempts[0]) if point.attempts[0].asked.text else None,
        facts=tuple(_point_facts(point)),
        notes=tuple(inside(with_note(*clip(visible(note), space.details))) for note in point.notes),
        generalization=tuple(_generalization(g) for g in point.generalization),
        recovery=recovery_view(point, space.details),
        tokens=f"{point.tokens:,}" if point.tokens else "-",
        cost=money(point.cost_usd),
        time=duration(point.seconds),
    )


def came_to(point: Point) -> str:
    """What came of a point, in words."""
    if point.decided and point.recovered is not None:
        return "recovered" if point.recovered else "solved, and not the rule"
    if point.labels_alone:
        return "asked for labels alone"
    if point.decided:
        return "solved" if point.solved else "not solved"
    return "dry run" if point.dry else "cut short"


def _point_facts(point: Point) -> Iterable[tuple[str, str]]:
    first = point.attempts[0]
    if rule := target_rule(point.key.target):
        yield "Target", rule
    yield "Asked", " · ".join(point.key.asked)
    outcome = point.outcome or Outcome()
    if point.test_acc is not None:
        yield "Test accuracy", _with_interval(point, point.test_acc)
    if outcome.test_no_label:
        size = f" of {outcome.test_size:,}" if outcome.test_size else ""
        yield "Test inputs without a label", f"{outcome.test_no_label:,}{size}"
    train_size = point.key.train_size or None
    sizes = (("train", train_size), ("val", outcome.val_size), ("test", outcome.test_size))
    known = [f"{size:,} {name}" for name, size in sizes if size is not None]
    yield "Dataset", ", ".join([f"seed {first.seed}", *known, first.dataset_sha256[:12]])
    if shortcut := outcome.shortcut:
        yield "Best shortcut", f"{shortcut.rule}: {percent(shortcut.accuracy)}"
    if outcome.description_bits is not None:
        yield "Description", f"{outcome.description_bits:,.0f} bits"
    if outcome.bounds is not None:
        yield "True error at most (95 %)", _bounds(outcome.bounds)


def _with_interval(point: Point, accuracy: float) -> str:
    """What a cell says on hover, for those who cannot hover."""
    interval = point.test_interval
    about = f" ({percent_range(interval.low, interval.high)} with 95 %)" if interval else ""
    return f"{percent(accuracy)}{about}; chance {percent(CHANCE)}"


def _bounds(found: Bounds) -> str:
    """The bounds on the true error, each with its source."""
    by_source = {
        "from validation": found.validation,
        "from its length": found.occam,
        "the paper's bound": found.paper,
    }
    return ", ".join(f"{_bound(bound)} ({source})" for source, bound in by_source.items())


def _bound(bound: Bound) -> str:
    return "vacuous" if bound.vacuous or bound.error is None else percent(bound.error)


def _generalization(g: Generalization) -> tuple[str, str, str, str]:
    accuracy = "-" if g.accuracy is None else percent(g.accuracy)
    return (str(g.length), f"{g.size:,}", accuracy, g.error or "")


def _attempt(a: Attempt, space: Space, dialogue: Dialogue) -> AttemptView:
    text, text_left_out = clip(visible(a.answer.text or ""), space.texts)
    detail, detail_left_out = clip(visible(a.judgement.error_detail or ""), space.details)
    code, code_left_out = space.codes[a.code] if a.code else (None, 0)
    said = [f"validation {percent(a.val_acc)}"] if a.val_acc is not None else []
    said += [f"test {percent(a.test_acc)}"] if a.test_acc is not None else []
    said += [a.error] if a.error else []
    return AttemptView(
        number=a.attempt,
        selected=a.selected,
        headline=", ".join(said) or "not evaluated",
        error=a.error,
        error_detail=inside(detail),
        error_detail_left_out=detail_left_out,
        facts=tuple(_attempt_facts(a)),
        code=code,
        code_left_out=code_left_out,
        text=inside(text) if a.answer.text is not None else None,
        text_left_out=text_left_out,
        text_title=_text_title(a),
        dialogue=dialogue,
        wrong=_wrong(a, space),
    )


def _wrong(a: Attempt, space: Space) -> Markup | None:
    if not a.judgement.val_wrong:
        return None
    return inside(with_note(*clip(wrong_text(a), space.wrong)))


def _when_paid(answer: Answer) -> str:
    if answer.replayed:
        return " when it was bought"
    return "" if answer.paid_usd is None else f", {money(answer.paid_usd)} of it paid now"


def _text_title(a: Attempt) -> str:
    if a.labels_alone:
        return "Labels, in the order of their inputs' SHA-256"
    return "Answer, as it came" if a.hypothesis == PROGRAM else "What it chose"


def _attempt_facts(a: Attempt) -> Iterable[tuple[str, str]]:
    answer, usage = a.answer, a.answer.usage
    counts = {
        "in": usage.input_tokens,
        "cached": usage.cached_tokens,
        "out": usage.output_tokens,
        "reasoning": usage.reasoning_tokens,
    }
    if tokens := [f"{count:,} {name}" for name, count in counts.items() if count is not None]:
        yield "Tokens", ", ".join(tokens)
    if usage.candidates_tried is not None:
        yield "Candidates tried", f"{usage.candidates_tried:,}"
    if usage.description_bits is not None:
        yield "Description", f"{usage.description_bits:,.1f} bits"
    if answer.cost_usd is not None:
        yield "Cost", money(answer.cost_usd) + _when_paid(answer)
    if answer.duration_ms is not None:
        took = duration(answer.duration_ms / 1000)
        name = "Answer took" if answer.turns == 1 else f"{answer.turns} answers took, in sum"
        yield name, f"{took} (replayed)" if answer.replayed else took
    if a.judgement.eval_ms is not None:
        yield "Evaluation took", duration(a.judgement.eval_ms / 1000)
    if a.tools:
        used = f", used {counted(answer.tool_uses, 'time')}" if answer.tool_uses else ""
        yield "Tools", ", ".join(a.tools) + used
    if a.candidate and a.candidate.contract:
        yield "Contract", a.candidate.contract
    if a.judgement.isolation:
        yield "Isolation", a.judgement.isolation
    if a.hypothesis != PROGRAM:
        yield "Hypothesis", a.hypothesis
    if a.judgement.no_label:
        yield "Answers that are no label", f"{a.judgement.no_label:,}"
    yield "Proposer", a.proposer + (", from the ledger" if answer.replayed else "")
    if answer.response_id:
        yield "Response", answer.response_id
    if answer.started_at:
        yield "Started", moment(answer.started_at)
