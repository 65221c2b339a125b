"""The message of a failed test: a search that found no program, in one paragraph."""

from collections.abc import Sequence

from bench.record.attempt import PREDICTOR, Attempt
from bench.record.outcome import Outcome
from bench.record.wording import counted, percent, percent_range
from bench.score.stats import wilson
from bench.show.recovery import counterexample_line

_LONGEST_DETAIL = 120
"""Characters of the details of one attempt's error."""


def paragraph(attempts: Sequence[Attempt]) -> str:
    """The best validation accuracy, and what became of each attempt."""
    last = attempts[-1]
    if last.labels_alone and last.outcome is not None:
        return _labels_paragraph(last, last.outcome)
    judged = [a.val_acc for a in attempts if a.val_acc is not None]
    tested = [a.test_acc for a in attempts if a.test_acc is not None]
    best = "no attempt could be judged"
    if judged:
        best = f"best validation accuracy {max(judged):g}"
    elif tested:
        best = f"test accuracy {tested[0]:g}, and not asked for validation"
    fates = "; ".join(f"{a.attempt}: {_fate(a)}" for a in attempts)
    return f"{best} after {counted(len(attempts), 'attempt')} ({fates})"


def _labels_paragraph(attempt: Attempt, outcome: Outcome) -> str:
    """The test accuracy of a model that was asked for labels alone, and why that solves nothing."""
    size = outcome.test_size or 0
    right = round((outcome.test_acc or 0.0) * size)
    interval = wilson(right, size)
    about = f"{percent(right / size)}, 95 % interval {percent_range(interval.low, interval.high)}"
    none = f", {counted(attempt.no_label, 'answer')} without a label" if attempt.no_label else ""
    return (
        f"{right} of {counted(size, 'test input')} labelled rightly ({about}){none}; "
        "no program was asked for, and no validation, so that the point is not solved"
    )


def doubt(outcome: Outcome) -> str:
    """Why a solved point is not known to have the rule, in one line."""
    if outcome.counterexample is not None:
        return f"solved, and {counterexample_line(outcome.counterexample)}"
    why = outcome.falsify_error or outcome.error or "its target has no rule to try it against"
    return f"solved, and not known whether it is the rule: {why}"


def _fate(attempt: Attempt) -> str:
    parts = [] if attempt.val_acc is None else [f"validation {attempt.val_acc:g}"]
    if attempt.hypothesis == PREDICTOR and attempt.test_acc is not None:
        parts.append(f"test {attempt.test_acc:g}")
    if attempt.error:
        detail = " ".join((attempt.judgement.error_detail or "").split())[:_LONGEST_DETAIL]
        parts.append(f"{attempt.error} ({detail})" if detail else attempt.error)
    return ", ".join(parts) or "not judged"
