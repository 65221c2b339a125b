"""The tables as data: methods by task at one length, and accuracy against length and examples."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from bench.record.grouping import grouped
from bench.record.wording import counted
from bench.run.points import Point
from bench.show.paper.joined import Joined, PaperError
from bench.show.paper.marks import MEANINGS, marks
from bench.show.paper.published import PublishedMethod, Source, published
from targets import Rule, registered

LENGTH, EXAMPLES = 100, 100
"""What the published table is at: the length of inputs, and the number of examples."""
SHORTCUT = "best shortcut"
"""The name of the row of the shortcuts."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One method on one task: accuracies as shares, over the trials."""

    mean: float
    sd: float | None
    """The standard deviation of the sample; None of one trial."""
    trials: int


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A published number, in per cent, and in what its protocol differs from ours."""

    accuracy: float
    marks: str
    method: PublishedMethod


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One row: a cell for each task, None where there is none."""

    name: str
    cells: tuple[Cell | PublishedCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """Methods by task at one length and number of examples.

    Below a method stand the numbers that were published of it, and the last row has the best
    shortcut of the datasets.
    """

    length: int
    examples: int
    tasks: tuple[str, ...]
    lengths: tuple[int, ...]
    """Of each task: that of the table, but for real data and for a task that has its own."""
    rows: tuple[PaperRow, ...]
    notes: tuple[str, ...]
    """What a reader has to know of the numbers."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The tasks, each with its length where it stands at one of its own."""
        told = zip(self.tasks, self.lengths, strict=True)
        return tuple(_head(task, length, self.length) for task, length in told)

    @property
    def title(self) -> str:
        """What the numbers are of."""
        return f"Test accuracy at length {self.length}{_with(self.examples)}"


@dataclass(frozen=True, slots=True)
class CurveRow:
    """One method on one task, a cell for each value of the curves."""

    task: str
    head: str
    """The task, with its length where that is its own."""
    length: int | None
    """None where the values are lengths."""
    row: PaperRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Accuracy against the length, or the number of examples: a row for each task and method."""

    title: str
    by: str
    """`length` or `train_size`."""
    values: tuple[int, ...]
    rows: tuple[CurveRow, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """All tables of some runs."""

    table: PaperTable
    curves: tuple[Curves, ...]


def paper(joined: Joined, length: int = LENGTH, examples: int | None = None) -> Paper:
    """The tables of these points, the first at one length and number of examples.

    Without `examples` they are the published ones, or else the most that there are. Tables of real
    data stand at their own length, and so does a task that was published at another one and has no
    point at this. Raises PaperError where there is no such point.
    """
    of_tasks = grouped(joined.points, lambda p: p.key.target)
    at_length = [p for some in of_tasks.values() for p in _at(some, length)]
    if not at_length:
        if not (lengths := sorted({p.key.length for p in joined.points})):
            raise PaperError("no point was decided, so that there is nothing to draw")
        there = ", ".join(map(str, lengths))
        raise PaperError(f"no decided point at length {length}; --length: there is {there}")
    sizes = sorted({p.key.train_size for p in at_length})
    if examples is None:
        examples = EXAMPLES if EXAMPLES in sizes else sizes[-1]
    elif examples not in sizes:
        there = ", ".join(map(str, sizes))
        raise PaperError(f"no decided point of {examples} examples; --train-size: there is {there}")
    at_size = [p for p in joined.points if p.key.train_size == examples]
    table = _table(joined, [p for p in at_length if p.key.train_size == examples], length, examples)
    against = (
        _curves(joined, at_size, "length", f"Accuracy against length{_with(examples)}", length),
        _curves(
            joined,
            at_length,
            "train_size",
            f"Accuracy against examples, at length {length}",
            length,
        ),
    )
    return Paper(table, tuple(curves for curves in against if curves))


def _head(task: str, own: int, length: int) -> str:
    """A task, with its own length where that is not the one of the table."""
    return task if own == length or _is_real(task) else f"{task} L{own}"


def _with(examples: int) -> str:
    """The number of examples in a title. Results of earlier versions may not tell it."""
    return f", with {examples} examples" if examples else ""


def _at(points: Sequence[Point], length: int) -> list[Point]:
    """The points of one task at this length, or else at its own."""
    task = points[0].key.target
    if _is_real(task):
        return list(points)
    there = {p.key.length for p in points}
    own = length if length in there else published().own_length(task)
    return [p for p in points if p.key.length == own]


def _is_real(task: str) -> bool:
    """Whether a task is a table of real data, which has one length alone."""
    target = registered(task)
    return target is not None and not isinstance(target, Rule)


def _table(joined: Joined, points: Sequence[Point], length: int, examples: int) -> PaperTable:
    by_task = grouped(points, lambda p: p.key.target)
    known = published().tasks
    order = [task for task in known if task in by_task]
    tasks = (*order, *(task for task in by_task if task not in known))
    rows: list[PaperRow] = []
    for method, some in sorted(grouped(points, joined.method).items()):
        of_task = grouped(some, lambda p: p.key.target)
        rows.append(PaperRow(method, tuple(_cell(of_task.get(task, ())) for task in tasks)))
        cells = [_published_cell(joined, of_task.get(task, ())) for task in tasks]
        if any(cells):
            rows.append(PaperRow(_published_name(cells), tuple(cells)))
    shortcuts = [_shortcut(by_task[task]) for task in tasks]
    if any(shortcuts):
        rows.append(PaperRow(SHORTCUT, tuple(shortcuts)))
    notes = (*_notes(rows), *_left_out(joined, tasks))
    return PaperTable(
        length=length,
        examples=examples,
        tasks=tasks,
        lengths=tuple(by_task[task][0].key.length for task in tasks),
        rows=tuple(rows),
        notes=notes,
    )


def _cell(points: Iterable[Point]) -> Cell | None:
    return _over_trials([p.score for p in points if p.score is not None])


def _over_trials(shares: Sequence[float]) -> Cell | None:
    if not shares:
        return None
    sd = stdev(shares) if len(shares) > 1 else None
    return Cell(fmean(shares), sd, len(shares))


def _published_cell(joined: Joined, points: Sequence[Point]) -> PublishedCell | None:
    """The published number that a cell of ours is compared with."""
    if not points:
        return None
    key, told = points[0].key, published()
    method = told.counterpart(key.model, key.tools, key.target)
    if method is None:
        return None
    differing = marks(points, joined.options, method, told.protocol)
    return PublishedCell(method.accuracy[key.target], differing, method)


def _published_name(cells: Iterable[PublishedCell | None]) -> str:
    names = dict.fromkeys(cell.method.method for cell in cells if cell)
    return f"{' / '.join(names)} (published)"


def _shortcut(points: Iterable[Point]) -> Cell | None:
    """The best shortcut of each trial's dataset, whoever met it."""
    found = {p.key.trial: p.shortcut.accuracy for p in points if p.shortcut}
    return _over_trials(list(found.values()))


def _notes(rows: Iterable[PaperRow]) -> list[str]:
    """What the numbers are, their sources, and the meaning of each mark that is there."""
    cells = [cell for row in rows for cell in row.cells]
    ours = sorted({cell.trials for cell in cells if isinstance(cell, Cell)})
    most = f"{ours[0]} to {ours[-1]} trials" if len(ours) > 1 else counted(ours[0], "trial")
    measured = f"Test accuracy in per cent: mean and standard deviation over {most}"
    lines = [f"{measured}; a point without a scored program counts as 0."]
    if any(row.name == SHORTCUT for row in rows):
        lines.append(
            "The best shortcut is the simple rule that does best on the very test split: an upper "
            "mark for what needs no rule."
        )
    theirs = [cell for cell in cells if isinstance(cell, PublishedCell)]
    for source, tables in _sources(theirs).items():
        lines.append(f"Published: {source}: {', '.join(tables)}.")
    used = {mark for cell in theirs for mark in cell.marks}
    return lines + [f"{mark}: {meaning}." for mark, meaning in MEANINGS.items() if mark in used]


def _sources(cells: Iterable[PublishedCell]) -> Mapping[str, list[str]]:
    """The tables that were taken from, by title and version."""
    found: dict[str, list[str]] = {}
    sources: list[Source] = []
    for cell in cells:
        if cell.method.source not in sources:
            sources.append(cell.method.source)
    for source in sources:
        found.setdefault(f"{source.title}, {source.version}", []).append(source.table)
    return found


def _left_out(joined: Joined, tasks: Sequence[str]) -> list[str]:
    elsewhere = dict.fromkeys(p.key.target for p in joined.points if p.key.target not in tasks)
    missing = f"Without a point of this length and number of examples: {', '.join(elsewhere)}."
    lines = [missing] if elsewhere else []
    if joined.undecided:
        cut = counted(joined.undecided, "point")
        lines.append(f"Left out: {cut} that came to no end.")
    return lines


def _curves(
    joined: Joined, points: Sequence[Point], by: str, title: str, length: int
) -> Curves | None:
    """A row for each task and method that has more than one value; None where none has."""
    found: list[tuple[str, str, dict[int, list[Point]]]] = []
    of_methods = grouped(points, lambda p: (p.key.target, joined.method(p)))
    for (task, method), some in of_methods.items():
        by_value: dict[int, list[Point]] = grouped(some, lambda p: getattr(p.key, by))
        if len(by_value) > 1:
            found.append((task, method, by_value))
    if not found:
        return None
    values = tuple(sorted({value for _, _, by_value in found for value in by_value}))
    rows = []
    for task, method, by_value in found:
        row = PaperRow(method, tuple(_cell(by_value.get(value, ())) for value in values))
        own = None if by == "length" else next(iter(by_value.values()))[0].key.length
        head = task if own is None else _head(task, own, length)
        rows.append(CurveRow(task, head, own, row))
    return Curves(title=title, by=by, values=values, rows=tuple(rows))
