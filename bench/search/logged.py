"""What the log tells of an attempt, of a program as of a predictor."""

import structlog

from bench.record.attempt import Attempt

log = structlog.get_logger()


def log_attempt(point: str, attempt: Attempt, **further: object) -> None:
    """Log what became of an attempt at a point, and whether it ended the search early."""
    log.info(
        "attempt",
        point=point,
        attempt=attempt.attempt,
        val_acc=attempt.val_acc,
        **further,
        error=attempt.error,
        replayed=attempt.answer.replayed,
        duration_ms=attempt.answer.duration_ms,
        eval_ms=attempt.judgement.eval_ms,
    )
    if attempt.stopped_early:
        log.info("early_stop", point=point, attempt=attempt.attempt)
