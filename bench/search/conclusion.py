"""From the attempts of a search to its outcome: what is found out about the selected program."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import anyio
import anyio.from_thread
import anyio.to_thread

from bench.jail import RIGHT_ONE, RIGHT_ZERO, Verdict
from bench.question.dataset import Dataset, Split
from bench.record.attempt import Attempt, on_test_split
from bench.record.outcome import Bounds, Generalization, Outcome
from bench.score import bounds
from bench.search import generalization
from bench.search.case import Case, accuracy
from bench.search.falsification import Falsification, Suspect, falsification
from bench.search.selection import select
from targets import TargetFault


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search leaves: its attempts, the last one with the outcome, and the outcome."""

    attempts: tuple[Attempt, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Scores:
    """What is found out about the selected program; nothing where none was selected."""

    test_acc: float | None = None
    test_no_label: int | None = None
    failure: Verdict | None = None
    """The verdict on the test split, where it has no predictions."""
    description_bits: float | None = None
    bounds: Bounds | None = None
    generalization: tuple[Generalization, ...] = ()
    falsification: Falsification = Falsification()


async def conclude(case: Case, attempts: Sequence[Attempt]) -> Searched:
    """Select one of the attempts, and find out about its program."""
    selected = select(attempts)
    if selected is None or selected.candidate is None:
        selected, results = None, _without_program(case)
    else:
        results = await _results(case, selected, selected.candidate.code)
    outcome = _outcome(case, selected, results, made=len(attempts))
    told = [_with_results(a, results) if a is selected else a for a in attempts]
    told[-1] = replace(told[-1], outcome=outcome)
    return Searched(tuple(told), outcome)


def _without_program(case: Case) -> _Scores:
    """At other lengths, having no program counts like having one that fails there."""
    nothing = map(generalization.without_program, case.generalization_sets)
    return _Scores(generalization=tuple(nothing))


async def _results(case: Case, selected: Attempt, code: str) -> _Scores:
    test = await _test_split(case.dataset)
    verdict, on_train = await _verdicts(case, code, test)
    own_bits = selected.answer.usage.description_bits
    bits = own_bits if own_bits is not None else bounds.minified_bits(code)
    return _Scores(
        test_acc=accuracy(verdict, test.labels),
        test_no_label=_without_label(verdict),
        failure=verdict if verdict.predictions is None else None,
        description_bits=bits,
        bounds=_bounds(case, selected, on_train, bits),
        generalization=await _generalization(case, code),
        falsification=await _falsification(case, selected, code, test, verdict),
    )


def _without_label(verdict: Verdict) -> int | None:
    codes = verdict.predictions
    return None if codes is None else len(codes) - codes.count(RIGHT_ZERO) - codes.count(RIGHT_ONE)


async def _test_split(dataset: Dataset) -> Split:
    """A large one is read in a thread: other searches wait for the event loop."""
    if dataset.held_test is not None:
        return dataset.held_test
    return await anyio.to_thread.run_sync(lambda: dataset.test)


async def _verdicts(case: Case, code: str, test: Split) -> tuple[Verdict, Verdict]:
    """The verdicts on the test split and on the training split.

    They are one batch, as most programs take less time than a batch to begin. A program that the
    jail stops there is run on each split alone, within the limits of that split.
    """
    train, limits = case.dataset.train, case.settings.jail
    seconds = min(limits.eval_timeout, limits.test_timeout)
    both = await case.evaluate(code, (*test.inputs, *train.inputs), seconds)
    if both.predictions is None:
        alone = await case.evaluate(code, test.inputs, limits.test_timeout)
        return alone, await case.evaluate(code, train.inputs, limits.eval_timeout)
    size = len(test.inputs)
    on_test, on_train = both.predictions[:size], both.predictions[size:]
    return replace(both, predictions=on_test), replace(both, predictions=on_train)


def _bounds(case: Case, selected: Attempt, on_train: Verdict, bits: float) -> Bounds | None:
    if selected.val_acc is None:
        return None
    options = case.settings.search
    train, val_size = case.dataset.train, len(case.dataset.val.labels)
    return bounds.bounds(
        val_right=round(selected.val_acc * val_size),
        val_size=val_size,
        search=bounds.Allowed(options.attempts, not options.no_early_stop),
        selected=selected.attempt,
        description_bits=bits,
        train_size=len(train.labels),
        consistent=accuracy(on_train, train.labels) == 1.0,
    )


async def _generalization(case: Case, code: str) -> tuple[Generalization, ...]:
    found = []
    for dataset in case.generalization_sets:
        test = await _test_split(dataset)
        verdict = await case.evaluate(code, test.inputs, case.settings.jail.test_timeout)
        found.append(generalization.result(dataset, test, verdict))
    return tuple(found)


async def _falsification(
    case: Case, selected: Attempt, code: str, test: Split, verdict: Verdict
) -> Falsification:
    """Try to refute a program that solves the point, if it did not fail on the test split.

    Raises TargetFault where the rule fails, and the point needs to be tried.
    """
    count, limits = case.settings.search.falsify, case.settings.jail
    if selected.val_acc != 1.0 or verdict.predictions is None or not count:
        return Falsification()

    async def evaluated(inputs: Sequence[str], seconds: float) -> Verdict:
        # Stopped while the thread computed: anyio tells tasks that began before, and no later one.
        if anyio.current_effective_deadline() == -math.inf:
            raise anyio.get_cancelled_exc_class()
        return await case.evaluate(code, inputs, seconds)

    def evaluate(inputs: Sequence[str], seconds: float) -> Verdict:
        return anyio.from_thread.run(evaluated, inputs, seconds)

    suspect = Suspect(
        spec=case.dataset.spec,
        test=test,
        predictions=verdict.predictions,
        evaluate=evaluate,
        test_timeout=limits.test_timeout,
        eval_timeout=limits.eval_timeout,
    )
    # In a thread: what it computes between evaluations would hold up all other searches.
    try:
        return await anyio.to_thread.run_sync(falsification, suspect, count)
    except TargetFault as fault:
        # A plugin's rule need not speak of each input that is tried. Where a point depends on it,
        # that must not count against the program.
        if case.settings.search.require_recovery:
            raise
        return Falsification(error=str(fault))


def _outcome(case: Case, selected: Attempt | None, results: _Scores, made: int) -> Outcome:
    failure, found = results.failure, results.falsification
    failed = (f"test split: {failure.error}: {failure.detail}",) if failure else ()
    return Outcome(
        selected=selected.attempt if selected else None,
        val_acc=selected.val_acc if selected else None,
        test_acc=results.test_acc,
        val_size=len(case.dataset.val.labels),
        test_size=case.dataset.test_size,
        error=failure.error if failure else None,
        shortcut=case.dataset.shortcut,
        description_bits=results.description_bits,
        bounds=results.bounds,
        generalization=results.generalization,
        notes=(*case.dataset.notes, *case.notes, *failed),
        attempts=made,
        allowed=case.settings.search.attempts,
        stops_early=not case.settings.search.no_early_stop,
        recovered=found.recovered,
        counterexample=found.counterexample,
        falsify_tried=found.tried,
        falsify_error=found.error,
        agreement=found.agreement,
        other_lengths=found.other_lengths,
        test_no_label=results.test_no_label,
    )


def _with_results(selected: Attempt, results: _Scores) -> Attempt:
    """The selected attempt as it is recorded: what went wrong on the test split is its error."""
    recovered = results.falsification.recovered
    judgement = replace(selected.judgement, test_acc=results.test_acc, recovered=recovered)
    if failure := results.failure:
        detail = on_test_split(failure.detail)
        judgement = replace(judgement, error=failure.error, error_detail=detail)
    return replace(selected, selected=True, judgement=judgement)
