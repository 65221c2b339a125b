"""The message of a failed test: a search that found no program, in one paragraph."""

from collections.abc import Sequence

from bench.record.attempt import Attempt
from bench.record.outcome import Outcome
from bench.record.wording import counted
from bench.show.recovery import told

_LONGEST_DETAIL = 120
"""Characters of the details of one attempt's error."""


def paragraph(attempts: Sequence[Attempt]) -> str:
    """The best validation accuracy, and what became of each attempt."""
    judged = [a.val_acc for a in attempts if a.val_acc is not None]
    best = f"best validation accuracy {max(judged):g}" if judged else "no attempt could be judged"
    fates = "; ".join(f"{a.attempt}: {_fate(a)}" for a in attempts)
    return f"{best} after {counted(len(attempts), 'attempt')} ({fates})"


def doubt(outcome: Outcome) -> str:
    """Why a solved point is not known to have the rule, in one line."""
    if outcome.counterexample is not None:
        return f"solved, and {told(outcome.counterexample)}"
    why = outcome.falsify_error or outcome.error or "its target has no rule to try it against"
    return f"solved, and not known whether it is the rule: {why}"


def _fate(attempt: Attempt) -> str:
    parts = [] if attempt.val_acc is None else [f"validation {attempt.val_acc:g}"]
    if attempt.error:
        detail = " ".join((attempt.judgement.error_detail or "").split())[:_LONGEST_DETAIL]
        parts.append(f"{attempt.error} ({detail})" if detail else attempt.error)
    return ", ".join(parts) or "not judged"
