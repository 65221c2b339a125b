"""The questions of a run: what a function at a length came to in all trials of one proposer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from bench.record.key import PointKey, test_ids
from bench.record.wording import counted, duration, money, percent, percent_range
from bench.run.points import Point
from bench.run.readback import Results
from bench.run.totals import Totals, totals
from bench.score.stats import Interval, clustered_mean
from bench.show.page.heat import CHANCE, heat, heat_of, places
from bench.show.page.listed import Trials
from bench.show.page.series import series_name
from bench.show.page.view import PointView


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One question: a cell of a heat map, a row of the table, and a section with its trials."""

    fn: str
    target: str
    length: int
    series: str
    anchor: str
    id: str
    label: str
    """What the cell's number is, in words."""
    mark: str
    """The only trial's, as `bench.show.recovery.mark` has it; empty for several trials."""
    said: str
    heat: str
    style: str
    """Where accuracy, interval, chance and the best shortcut are on the cell's scale."""
    points: tuple[PointView, ...]
    """Those of its trials that are listed."""
    count: int
    """How many trials there are."""
    solved: str
    accuracy: str
    interval: str
    shortcut: str
    rule: str
    """The shortcut's."""
    attempts: str
    tokens: str
    cost: str
    time: str


@dataclass(frozen=True, slots=True)
class _OnScale:
    """Test accuracy over the trials, with its interval, and the best shortcut's beside it."""

    mean: float | None
    interval: Interval | None
    shortcut: float | None

    @property
    def style(self) -> str:
        low, high = (self.interval.low, self.interval.high) if self.interval else (None, None)
        at = self.mean
        if at is None:
            return ""
        return places(at=at, low=low, high=high, chance=CHANCE, shortcut=self.shortcut)


def question_views(
    results: Results, questions: Sequence[Trials], views: Mapping[PointKey, PointView]
) -> list[QuestionView]:
    """Each of these questions, with the views of those of its trials that are listed."""
    of_all = (results.whole or results).points
    names = test_ids((_first_trial(p.key) for p in of_all), results.manifest.axes)
    found = []
    for trials in questions:
        series = series_name(trials[0], results.axes)
        name = names[_first_trial(trials[0].key)]
        listed = [views[p.key] for p in trials if p.key in views]
        if len(trials) == 1:
            found.append(_of_one(trials[0], series, listed[0]))
        else:
            found.append(_of_several(trials, name, series, listed))
    return found


def _first_trial(key: PointKey) -> PointKey:
    return replace(key, trial=1)


def _of_one(point: Point, series: str, view: PointView) -> QuestionView:
    """A question with one trial: the point itself."""
    shortcut = point.shortcut.accuracy if point.shortcut else None
    scores = _OnScale(point.test_acc, point.test_interval, shortcut)
    return QuestionView(
        fn=point.key.fn,
        target=point.key.target,
        length=point.key.length,
        series=series,
        anchor=view.anchor,
        id=view.id,
        label="; ".join([view.label, *_beside(scores)]),
        mark=view.mark,
        said=view.accuracy,
        heat=view.heat,
        style=scores.style,
        points=(view,),
        count=1,
        solved=f"{view.mark} {view.val}".strip(),
        accuracy=view.accuracy,
        interval=view.interval,
        shortcut=view.shortcut[1] if view.shortcut else "-",
        rule=view.shortcut[0] if view.shortcut else "",
        attempts=str(len(view.attempts)),
        tokens=view.tokens,
        cost=view.cost,
        time=view.time,
    )


def _of_several(
    trials: Sequence[Point], name: str, series: str, views: Sequence[PointView]
) -> QuestionView:
    """A question with trials: how many are solved, and the mean of their test accuracies."""
    of_all, scores = totals(trials), _scores(trials)
    solved = f"{of_all.solved}/{of_all.solvable}" if of_all.solvable else ""
    accuracy = percent(scores.mean) if scores.mean is not None else ""
    interval = percent_range(scores.interval.low, scores.interval.high) if scores.interval else ""
    tokens = of_all.input_tokens + of_all.output_tokens
    return QuestionView(
        fn=trials[0].key.fn,
        target=trials[0].key.target,
        length=trials[0].key.length,
        series=series,
        anchor=f"{views[0].anchor}~trials",
        id=name,
        label="; ".join([f"{name}: {_said(len(trials), of_all, scores)}", *_beside(scores)]),
        mark="",
        said=", ".join(filter(None, (solved, accuracy))) or "not decided",
        heat="raised" if all(heat_of(p) == "raised" for p in trials) else heat(scores.mean),
        style=scores.style,
        points=tuple(views),
        count=len(trials),
        solved=solved or "-",
        accuracy=accuracy or "-",
        interval=interval,
        shortcut="-" if scores.shortcut is None else percent(scores.shortcut),
        rule="mean of the trials" if scores.shortcut is not None else "",
        attempts=f"{of_all.attempts:,}",
        tokens=f"{tokens:,}" if tokens else "-",
        cost=money(of_all.cost_usd),
        time=duration(of_all.seconds),
    )


def _scores(trials: Sequence[Point]) -> _OnScale:
    """The means over the decided trials; one without a scored program counts as 0."""
    decided = [p for p in trials if p.decided]
    shortcuts = [p.shortcut.accuracy for p in trials if p.shortcut]
    shortcut = fmean(shortcuts) if shortcuts else None
    if all(p.test_acc is None for p in decided):
        return _OnScale(None, None, shortcut)
    mean = clustered_mean([p.counted_score for p in decided], range(len(decided)))
    return _OnScale(mean.mean, mean.share_interval, shortcut)


def _said(trials: int, of_all: Totals, scores: _OnScale) -> str:
    """What came of the trials, in words."""
    parts = [f"{of_all.solved} of {of_all.solvable} solved"] if of_all.solvable else []
    if of_all.recovered + of_all.refuted:
        parts.append(f"{of_all.recovered} recovered")
    if of_all.labels_alone:
        parts.append(f"{of_all.labels_alone} asked for labels alone")
    if undecided := trials - of_all.decided:
        parts.append(f"{undecided} not decided")
    if scores.mean is None:
        return ", ".join([*parts, "no test accuracy"])
    unscored = f", {of_all.unscored} of them without a program as 0" if of_all.unscored else ""
    over = f"mean over {counted(of_all.decided, 'trial')}{unscored}"
    return ", ".join([*parts, f"test accuracy {percent(scores.mean)} ({_about(scores)}{over})"])


def _about(scores: _OnScale) -> str:
    if scores.interval is None:
        return ""
    return f"{percent_range(scores.interval.low, scores.interval.high)} with 95 %, "


def _beside(scores: _OnScale) -> list[str]:
    """What an accuracy is to be seen beside."""
    if scores.mean is None:
        return []
    beside = [f"chance {percent(CHANCE)}"]
    if scores.shortcut is not None:
        beside.append(f"best shortcut {percent(scores.shortcut)}")
    return beside
