"""What the ledger holds, for people: runs, one answer, and whether the file is sound."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.ledger.rows import COLUMNS, DAMAGE, Row, read_answer
from bench.ledger.store import Ledger, LedgerError
from bench.proposers.answer_key import key_of
from bench.record.usd import NANO
from bench.record.wording import counted

_RUNS = """
WITH known AS (SELECT run_id FROM runs UNION SELECT run_id FROM answers)
SELECT k.run_id, COALESCE(r.started_at, MIN(a.created_at)), COUNT(a.key),
    COALESCE(SUM(CAST(ROUND(json_extract(a.answer, '$.cost_usd') * 1e9) AS INTEGER)), 0),
    COALESCE(r.spent_nanousd, 0), COUNT(json_extract(a.answer, '$.cost_usd')),
    (SELECT COUNT(*) FROM pending p WHERE p.run_id = k.run_id),
    COALESCE(r.stopped,
        (SELECT GROUP_CONCAT(s.why, '; ') FROM stops s WHERE s.run_id = k.run_id), '')
FROM known k LEFT JOIN runs r ON r.run_id = k.run_id LEFT JOIN answers a ON a.run_id = k.run_id
GROUP BY k.run_id ORDER BY 2, 1"""

_ANSWER = """
SELECT key, run_id, created_at, model, host, trial, attempt, body, answer FROM answers
WHERE substr(key, 1, length(?1)) = ?1 OR json_extract(answer, '$.response_id') = ?1 LIMIT 2"""

_COUNTS = """
SELECT COUNT(*) FROM answers
UNION ALL SELECT COUNT(*) FROM pending WHERE response_id IS NOT NULL"""


def runs(ledger: Ledger) -> Iterator[str]:
    """A line a run: when it started, what it paid for and how much, and what is still open."""
    yield f"{'run':<22}  {'started (UTC)':<19}  {'answers':>7}  {'cost':>10}  {'open':>4}  stopped"
    total = count = 0
    is_known = True
    for run_id, started, answers, recorded, spent, priced, pending, stopped in ledger.rows(_RUNS):
        # Answers that another run replaced, and those of unknown cost, count in `spent` alone.
        cost = max(recorded, spent)
        total, count = total + cost, count + answers
        is_priced = priced == answers
        is_known = is_known and is_priced
        paid = f"{run_id:<22}  {started[:19]:<19}  {answers:>7}  {_usd(cost, is_priced):>10}"
        yield f"{paid}  {pending:>4}  {stopped}".rstrip()
    yield f"{'in all':<22}  {'':<19}  {count:>7}  {_usd(total, is_known):>10}"


def spent(path: Path, run_id: str) -> float | None:
    """US dollars that a run has paid, also for what brought no answer; None without a ledger."""
    try:
        with closing(Ledger(path, must_exist=True)) as ledger:
            found = ledger.rows("SELECT spent_nanousd FROM runs WHERE run_id = ?", run_id)
    except LedgerError:
        return None
    return float(found[0][0]) / NANO if found else None


def answer(ledger: Ledger, wanted: str) -> str:
    """An answer and its request as JSON: by its key, the beginning of it, or the response's id."""
    found = ledger.rows(_ANSWER, wanted)
    if len(found) != 1:
        what = "several answers begin" if found else "no answer is there"
        raise LedgerError(
            f"ledger {ledger.path}: {what} with {wanted!r}: give a key, or a response id"
        )
    return json.dumps(as_json(found[0]), indent=1, ensure_ascii=False)


def as_json(row: Row) -> dict[str, object]:
    """A row of `answers` as one plain object, its body and answer parsed. Raises LedgerError."""
    plain = dict(zip(COLUMNS, row, strict=True))
    try:
        return plain | {"body": json.loads(plain["body"]), "answer": json.loads(plain["answer"])}
    except DAMAGE as error:
        raise LedgerError(
            f"the answer {plain['key']} is damaged ({error}): see python -m bench.ledger check"
        ) from None


def problems(ledger: Ledger) -> Iterator[str]:
    """What is wrong with the file: its structure, wrong keys, damaged answers. A line each."""
    for (line,) in ledger.rows("PRAGMA integrity_check"):
        if line != "ok":
            yield str(line)
    for key, body, host, trial, attempt, text in ledger.each(
        "SELECT key, body, host, trial, attempt, answer FROM answers"
    ):
        if key_of(body, host, trial, attempt) != key:
            yield f"{key}: is not the key of its question"
        try:
            read_answer(text)
        except DAMAGE as error:
            yield f"{key}: the answer is damaged: {error}"


def sound(ledger: Ledger) -> str:
    """The line for a ledger without problems."""
    (answers,), (pending,) = ledger.rows(_COUNTS)
    there, open_ = counted(answers, "answer"), counted(pending, "answer")
    return f"{ledger.path}: sound: {there}, {open_} to be collected"


def _usd(nano: int, is_known: bool) -> str:
    """US dollars; `-` where there are none, and some answers have no price."""
    return f"${nano / NANO:,.4f}" if nano or is_known else "-"
