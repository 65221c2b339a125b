"""One attempt of a predictor: fit it on the training examples, then score the labels it gives.

It sees the examples alone. The inputs of validation and test come to it as one set, in an
order that does not tell which split an input is of.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import anyio.to_thread

from bench.proposers.predictor import FittedPredictor, Opening
from bench.question.dataset import Dataset, Split
from bench.question.label_prompt import first_of
from bench.record.answer import Answer
from bench.record.attempt import PREDICTOR, Attempt, Judgement, Prompt
from bench.record.errors import Error
from bench.record.outcome import Bounds, Generalization, Outcome
from bench.score import bounds
from bench.score.accuracy import wrong_answers
from bench.search.case import PredictorCase, unanswered
from bench.search.conclusion import Searched
from bench.search.logged import log_attempt

_NOT_TRIED = "a predictor is not tried against it"

Labels = Mapping[str, int | None]
"""The label that a predictor gives an input; None where its answer is none."""


@dataclass(frozen=True, slots=True)
class _Scored:
    """The splits that a predictor is scored on, as far as it is asked for them."""

    val: Split
    test: Split
    inputs: tuple[str, ...]
    """Those of both, in one order."""


async def predict(case: PredictorCase, judged: Callable[[Attempt], None]) -> Searched:
    """Fit the predictor and score it; gives its one attempt and the outcome.

    The attempt goes to `judged` as soon as it is judged. Raises Outage or BudgetSpent where the
    question could not be put.
    """
    task = case.task()
    scored = await anyio.to_thread.run_sync(_scored, case)
    blank = _unjudged(case, case.predictor.opening(task, scored.inputs))
    fitted = await case.predictor.fit(task)
    start = time.perf_counter()
    labels = await labels_of(fitted, scored.inputs)
    took_ms = (time.perf_counter() - start) * 1000
    answer = _answer(fitted, blank)
    attempt = replace(
        blank,
        answer=answer,
        judgement=_judgement(case, scored, labels, answer.error_detail, took_ms),
        selected=True,
    )
    judged(attempt)
    log_attempt(case.point.id, attempt, test_acc=attempt.test_acc)
    elsewhere, notes = await _generalization(case, fitted)
    outcome = _outcome(case, scored, attempt, elsewhere, notes)
    return Searched((replace(attempt, answer=_answer(fitted, blank), outcome=outcome),), outcome)


def predictor_dry_run(case: PredictorCase) -> Attempt:
    """The record of the attempt with its first request; nothing is fitted or asked."""
    opening = case.predictor.opening(case.task(), _scored(case).inputs)
    return replace(_unjudged(case, opening), request=dict(opening.body))


def _scored(case: PredictorCase) -> _Scored:
    """The splits in full, or the beginning of test alone. It reads a file: call it in a thread."""
    val = case.dataset.val if case.predictor.test_size is None else Split((), ())
    test = _asked_of(case, case.dataset)
    return _Scored(val, test, in_one_order((*val.inputs, *test.inputs)))


def _asked_of(case: PredictorCase, dataset: Dataset) -> Split:
    """The part of a test split that the predictor is asked for."""
    test, most = dataset.test, case.predictor.test_size
    return test if most is None else first_of(test, most)


def in_one_order(inputs: Iterable[str]) -> tuple[str, ...]:
    """The different inputs, in an order that follows from each of them alone: by their SHA-256."""
    return tuple(sorted(set(inputs), key=lambda x: hashlib.sha256(x.encode()).digest()))


async def labels_of(fitted: FittedPredictor, inputs: Sequence[str]) -> Labels:
    """The label of each input by the predictor. What is neither 0 nor 1 is none."""
    given = await fitted.labels(inputs) if inputs else ()
    labels = (int(label) if label in (0, 1) else None for label in given)
    return dict(zip(inputs, labels, strict=True))


def _accuracy(labels: Labels, split: Split) -> float | None:
    """The share of labels that are right; None for a split without inputs."""
    if not split.inputs:
        return None
    right = sum(labels[x] == y for x, y in split.items)
    return right / len(split.inputs)


def _judgement(
    case: PredictorCase, scored: _Scored, labels: Labels, why: str | None, took_ms: float
) -> Judgement:
    """What the labels are worth; `why` says more of those that are none."""
    val = scored.val
    no_label = sum(label is None for label in labels.values())
    detail = f"{no_label:,} of {len(labels):,} answers are no label" + (f" ({why})" if why else "")
    # With `--replay only` a run's lines are the same, byte for byte, each time: no time is in them.
    # Where a server is asked, the time of its answers is in `duration_ms`.
    is_timed = case.predictor.test_size is None and case.settings.money.replay != "only"
    eval_ms = round(took_ms, 3) if is_timed else None
    return Judgement(
        val_acc=_accuracy(labels, val),
        test_acc=_accuracy(labels, scored.test),
        error=Error.BAD_OUTPUT if no_label else None,
        error_detail=detail if no_label else None,
        eval_ms=eval_ms,
        no_label=no_label,
        val_wrong=wrong_answers(val.inputs, val.labels, map(labels.get, val.inputs)),
    )


async def _generalization(
    case: PredictorCase, fitted: FittedPredictor
) -> tuple[tuple[Generalization, ...], tuple[str, ...]]:
    """How the predictor does at other lengths, or a note why it has no labels there."""
    sets = case.generalization_sets
    if sets and fitted.misfit is not None:
        lengths = ", ".join(str(dataset.spec.length) for dataset in sets)
        return (), (f"not tested at length {lengths}: {fitted.misfit}",)
    return tuple([await _elsewhere(case, fitted, dataset) for dataset in sets]), ()


async def _elsewhere(
    case: PredictorCase, fitted: FittedPredictor, dataset: Dataset
) -> Generalization:
    """How the predictor does at one other length."""
    test = await anyio.to_thread.run_sync(_asked_of, case, dataset)
    labels = await labels_of(fitted, in_one_order(test.inputs))
    return Generalization(
        length=dataset.spec.length,
        size=len(test.inputs),
        accuracy=_accuracy(labels, test),
        error=Error.BAD_OUTPUT if None in labels.values() else None,
    )


def _outcome(
    case: PredictorCase,
    scored: _Scored,
    attempt: Attempt,
    elsewhere: tuple[Generalization, ...],
    notes: tuple[str, ...],
) -> Outcome:
    options = case.settings.search
    return Outcome(
        selected=attempt.attempt,
        val_acc=attempt.val_acc,
        test_acc=attempt.test_acc,
        val_size=len(scored.val.inputs) or None,
        test_size=len(scored.test.inputs),
        shortcut=case.dataset.shortcut,
        bounds=_bounds(attempt.val_acc, len(scored.val.inputs)),
        generalization=elsewhere,
        notes=(*case.dataset.notes, *case.notes, *notes),
        attempts=1,
        allowed=1,
        falsify_error=_NOT_TRIED if attempt.val_acc == 1.0 and options.falsify else None,
        stops_early=not options.no_early_stop,
    )


def _bounds(val_acc: float | None, val_size: int) -> Bounds | None:
    """Those that need no program: a predictor has no description length."""
    if val_acc is None:
        return None
    return bounds.bounds(
        val_right=round(val_acc * val_size),
        val_size=val_size,
        search=bounds.Allowed(1, stops_early=True),
        selected=1,
        description_bits=None,
        train_size=0,
        consistent=False,
    )


def _answer(fitted: FittedPredictor, blank: Attempt) -> Answer:
    answer = fitted.answer
    return replace(answer, started_at=answer.started_at or blank.answer.started_at)


def _unjudged(case: PredictorCase, opening: Opening) -> Attempt:
    """What is known of the attempt before the predictor is fitted."""
    digest = hashlib.sha256(opening.prompt.encode()).hexdigest()
    asked = Prompt(opening.prompt, opening.version, digest)
    return replace(unanswered(case, case.predictor.name, asked, 1), hypothesis=PREDICTOR)
