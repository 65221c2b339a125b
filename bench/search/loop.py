"""One search: ask, extract, run, score, until validation is perfect or the attempts run out."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from bench import contract
from bench.proposers.request import first_request
from bench.record.answer import Answer
from bench.record.attempt import Attempt, Candidate, Judgement, Prompt
from bench.record.errors import Error
from bench.record.turns import summed
from bench.search.case import Case, accuracy, unanswered, wrong_on
from bench.search.conclusion import Searched, conclude
from bench.search.conversation import converse
from bench.search.logged import log_attempt


async def search(case: Case, judged: Callable[[Attempt], None]) -> Searched:
    """Search for a program, and give the attempts and the outcome.

    Each attempt goes to `judged` as soon as it is judged: nothing that was paid for is lost. Raises
    Outage or BudgetSpent where the question could not be put.
    """
    options, prompt = case.settings.search, case.prompt()
    attempts: list[Attempt] = []
    for number in range(1, options.attempts + 1):
        attempt = await _attempt(case, prompt, number)
        is_last = number == options.attempts
        stops = attempt.val_acc == 1.0 and not options.no_early_stop and not is_last
        attempts.append(replace(attempt, stopped_early=True) if stops else attempt)
        judged(attempts[-1])
        log_attempt(case.point.id, attempts[-1])
        if stops:
            break
    return await conclude(case, attempts)


def dry_run(case: Case) -> Attempt:
    """The record of a first attempt with its request; nothing is asked."""
    prompt = case.prompt()
    request = first_request(case.point, prompt.text, case.settings, examples=case.examples)
    body = case.proposer.body(request)
    return replace(unanswered(case, case.proposer.name, prompt, 1), request=dict(body))


async def _attempt(case: Case, prompt: Prompt, number: int) -> Attempt:
    """Ask once, find the program in the answer, and judge it on the validation split."""
    blank = unanswered(case, case.proposer.name, prompt, number)
    request = first_request(case.point, prompt.text, case.settings, number, case.examples)
    conversation = await converse(case, request)
    answer = summed(conversation)
    candidate, judgement = await _judged(case, answer)
    return replace(
        blank,
        answer=replace(answer, started_at=answer.started_at or blank.answer.started_at),
        candidate=candidate,
        judgement=judgement,
        conversation=() if request.calls_left is None else conversation,
    )


async def _judged(case: Case, answer: Answer) -> tuple[Candidate | None, Judgement]:
    """The candidate in an answer and what is said of it; or None, and why there is none."""
    if answer.error is not None:
        return None, Judgement(error=answer.error, error_detail=answer.error_detail)
    found = contract.extract(answer.text, is_thinking=answer.is_thinking)
    if found.code is None:
        error = Error.TOOL_LIMIT if answer.calls else Error.NO_CODE
        return None, Judgement(error=error, error_detail=error.meaning)
    digest = hashlib.sha256(found.code.encode(errors="surrogatepass")).hexdigest()
    candidate = Candidate(code=found.code, contract=found.contract, sha256=digest)
    return candidate, await _judgement(case, candidate)


async def _judgement(case: Case, candidate: Candidate) -> Judgement:
    """What the validation split says of a candidate."""
    val = case.dataset.val
    verdict = await case.evaluate(candidate.code, val.inputs, case.settings.jail.eval_timeout)
    # With `--replay only` a run's lines are the same, byte for byte, each time: no time is in them.
    eval_ms = None if case.settings.money.replay == "only" else round(verdict.wall_ms, 3)
    return Judgement(
        val_acc=accuracy(verdict, val.labels),
        error=verdict.error,
        error_detail=verdict.detail,
        eval_ms=eval_ms,
        isolation=str(verdict.isolation),
        val_wrong=wrong_on(verdict, val),
    )
