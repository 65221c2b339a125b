"""The attempt loop: ask, extract, run, score, until validation is perfect or the attempts run out; then select."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from bench import contract
from bench.jail import InputKind, Jail, Limits, Verdict
from bench.options.settings import Settings
from bench.proposers.base import Answer, Proposer, Request
from bench.question.dataset import Dataset
from bench.question.grid import GridPoint
from bench.question.prompt import Prompt, render
from bench.record.attempt import Attempt, Outcome
from bench.score import bounds
from bench.score.accuracy import accuracy_of
from bench.search import generalization
from targets.tabular import Tabular

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one search needs: the point, its data, who is asked, where candidates run."""

    point: GridPoint
    dataset: Dataset
    proposer: Proposer
    jail: Jail
    settings: Settings
    run_id: str
    further: tuple[Dataset, ...] = ()
    """Test sets of other lengths, for the selected program."""
    notes: tuple[str, ...] = ()

    @property
    def inputs_are(self) -> InputKind:
        """What a candidate's `f` receives."""
        return "features" if self.point.target.kind == "tabular" else "text"

    def prompt(self) -> Prompt:
        """What is asked."""
        target = self.point.target
        named = self.settings.tabular_representation == "named"
        about = target.table.about if named and isinstance(target, Tabular) else ""
        return render(self.point.template, self.dataset.train, target.kind, self.point.length, about)


async def search(case: Case, done: list[Attempt]) -> Outcome:
    """Search for a program. Each attempt is in `done` as soon as it is judged, whatever becomes of the next.

    Selection never sees test data: the first perfect attempt, else the best on validation (ties: shorter source).
    Raises Outage or BudgetSpent where the question could not be put.
    """
    prompt = case.prompt()
    for number in range(1, case.settings.attempts + 1):
        attempt = await _attempt(case, prompt, number)
        perfect = attempt.val_acc == 1.0
        stop = perfect and not case.settings.no_early_stop and number < case.settings.attempts
        done.append(replace(attempt, stopped_early=stop))
        log.info(
            "attempt", point=case.point.id, attempt=number, val_acc=attempt.val_acc, error=attempt.error,
            replayed=attempt.replayed, duration_ms=attempt.duration_ms, eval_ms=attempt.eval_ms,
        )  # fmt: skip
        if stop:
            log.info("early_stop", point=case.point.id, attempt=number)
            break
    return await _outcome(case, done)


def dry_run(case: Case) -> Attempt:
    """The first attempt's record with its request, and nothing asked."""
    prompt = case.prompt()
    return replace(_blank(case, prompt, 1), request=dict(case.proposer.body(_request(case, prompt, 1))))


def select(attempts: Sequence[Attempt]) -> Attempt | None:
    """The first perfect attempt, else the best on validation; ties go to the shorter source, then to the earlier."""
    judged = [a for a in attempts if a.val_acc is not None]
    perfect = [a for a in judged if a.val_acc == 1.0]
    if perfect:
        return perfect[0]
    return min(judged, key=lambda a: (-(a.val_acc or 0.0), len(a.code or ""), a.attempt), default=None)


def _request(case: Case, prompt: Prompt, number: int) -> Request:
    point = case.point
    return Request(
        point=point.id, model=point.model, reasoning_effort=point.reasoning_effort, prompt=prompt.text,
        trial=point.trial, attempt=number,
    )  # fmt: skip


def _blank(case: Case, prompt: Prompt, number: int) -> Attempt:
    point = case.point
    return Attempt(
        run_id=case.run_id, fn=point.target.fn, target=point.target.name, length=point.length, trial=point.trial,
        attempt=number, seed=case.settings.seed, dataset_sha256=case.dataset.sha256, model=point.model,
        reasoning_effort=point.reasoning_effort, tools=case.proposer.tools, proposer=case.proposer.name,
        replayed=False, prompt=prompt.text, prompt_name=prompt.name, prompt_version=prompt.version,
        prompt_sha256=prompt.sha256, started_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )  # fmt: skip


async def _attempt(case: Case, prompt: Prompt, number: int) -> Attempt:
    blank = _blank(case, prompt, number)
    answer = await case.proposer.propose(_request(case, prompt, number))
    asked = _answered(blank, answer)
    if answer.error is not None:
        return replace(asked, error=answer.error, error_detail=answer.error_detail)
    found = contract.extract(answer.text, is_thinking=answer.is_thinking)
    if found.code is None:
        return replace(asked, error="no_code", error_detail="the answer holds no program")
    code_sha256 = hashlib.sha256(found.code.encode(errors="surrogatepass")).hexdigest()
    held = replace(asked, code=found.code, contract=found.contract, code_sha256=code_sha256)
    verdict = await _evaluate(case, found.code, case.dataset.val.inputs, case.settings.eval_timeout)
    val_acc = None if verdict.predictions is None else accuracy_of(verdict.predictions, case.dataset.val.labels)
    # A run from the ledger alone is the same byte for byte each time: it has no times of its own.
    eval_ms = None if case.settings.replay == "only" else round(verdict.wall_ms, 3)
    return replace(
        held, val_acc=val_acc, error=verdict.error, error_detail=verdict.detail, eval_ms=eval_ms,
        isolation=verdict.isolation,
    )  # fmt: skip


def _answered(blank: Attempt, answer: Answer) -> Attempt:
    return replace(
        blank, text=answer.text, usage=answer.usage, cost_usd=answer.cost_usd, response_id=answer.response_id,
        request_id=answer.request_id, tool_uses=answer.tool_uses, tool_results_chars=answer.tool_results_chars,
        duration_ms=answer.duration_ms, replayed=answer.replayed, started_at=answer.started_at or blank.started_at,
    )  # fmt: skip


async def _evaluate(case: Case, code: str, inputs: Sequence[str], seconds: float) -> Verdict:
    limits = Limits(cpu_seconds=seconds, memory_mib=case.settings.eval_memory)
    return await case.jail.evaluate(code, inputs, case.inputs_are, limits)


async def _outcome(case: Case, done: list[Attempt]) -> Outcome:
    """Score the selected attempt on the test split, and write what came of it into `done`."""
    chosen, test_acc, failure = select(done), None, None
    if chosen is not None and chosen.code is not None:
        test = case.dataset.test
        verdict = await _evaluate(case, chosen.code, test.inputs, case.settings.test_timeout)
        if verdict.predictions is None:
            failure = verdict
        else:
            test_acc = accuracy_of(verdict.predictions, test.labels)
        at = done.index(chosen)
        done[at] = replace(chosen, selected=True, test_acc=test_acc)
        if failure:
            done[at] = replace(done[at], error=failure.error, error_detail=f"on the test split: {failure.detail}")
    notes = [*case.dataset.notes, *case.notes]
    if failure:
        notes.append(f"test split: {failure.error}: {failure.detail}")
    bits = _bits(chosen)
    outcome = Outcome(
        attempts=(), selected=chosen.attempt if chosen else None, val_acc=chosen.val_acc if chosen else None,
        test_acc=test_acc, val_size=len(case.dataset.val.labels), test_size=len(case.dataset.test.labels),
        error=failure.error if failure else None, shortcut=case.dataset.meta.get("shortcut"),
        description_bits=bits, bounds=await _bounds(case, chosen, bits, len(done)),
        generalization=await _further(case, chosen), notes=tuple(notes),
    )  # fmt: skip
    outcome = replace(outcome, attempts=tuple(done))
    done[-1] = replace(done[-1], outcome=outcome.summary())
    return replace(outcome, attempts=tuple(done))


def _bits(chosen: Attempt | None) -> float | None:
    if chosen is None or chosen.code is None:
        return None
    own = chosen.usage.description_bits
    return own if own is not None else bounds.minified_bits(chosen.code)


async def _bounds(case: Case, chosen: Attempt | None, bits: float | None, made: int) -> dict[str, object] | None:
    if chosen is None or chosen.code is None or chosen.val_acc is None:
        return None
    train, val_size = case.dataset.train, len(case.dataset.val.labels)
    verdict = await _evaluate(case, chosen.code, train.inputs, case.settings.eval_timeout)
    consistent = verdict.predictions is not None and accuracy_of(verdict.predictions, train.labels) == 1.0
    return bounds.bounds(
        val_right=round(chosen.val_acc * val_size), val_size=val_size, attempts=made, description_bits=bits,
        train_size=len(train.labels), consistent=consistent,
    )  # fmt: skip


async def _further(case: Case, chosen: Attempt | None) -> tuple[dict[str, object], ...]:
    """The selected program at each further length; having none counts like one that fails."""
    if chosen is None or chosen.code is None:
        return tuple(generalization.without_program(further) for further in case.further)
    found = []
    for further in case.further:
        verdict = await _evaluate(case, chosen.code, further.test.inputs, case.settings.test_timeout)
        found.append(generalization.result(further, verdict))
    return tuple(found)


def paragraph(outcome: Outcome) -> str:
    """What became of a search, for a person: the best validation accuracy, and the fate of each attempt."""
    best = "no attempt could be judged" if outcome.val_acc is None else f"best validation accuracy {outcome.val_acc:g}"
    made = len(outcome.attempts)
    fates = "; ".join(f"{a.attempt}: {_fate(a)}" for a in outcome.attempts)
    return f"{best} after {made} {'attempt' if made == 1 else 'attempts'} ({fates})"


def _fate(attempt: Attempt) -> str:
    parts = [] if attempt.val_acc is None else [f"validation {attempt.val_acc:g}"]
    if attempt.error:
        detail = " ".join((attempt.error_detail or "").split())
        parts.append(attempt.error + (f" ({detail[:120]})" if detail else ""))
    return ", ".join(parts) or "not judged"
