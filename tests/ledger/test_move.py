"""Answers from ledger to ledger, more than are read at a time."""

from contextlib import closing
from pathlib import Path

import pytest

from bench.ledger import move
from bench.ledger.store import _PIECE, Ledger, LedgerError
from bench.proposers.answer_key import key_of

COUNT = 2 * _PIECE + 1


def row(number: int) -> tuple[object, ...]:
    """An answer to a question of its own."""
    key = key_of("{}", "h", number, 1)
    return (key, "r", f"{number:04}", "m", "h", number, 1, "{}", '{"text": "t", "usage": {}}')


def test_all_are_taken_in_pieces_once_or_none(tmp_path: Path) -> None:
    made = [move.line_of(row(number)) for number in range(COUNT)]
    with closing(Ledger(tmp_path / "a")) as first, closing(Ledger(tmp_path / "b")) as other:
        assert move.take(first, made[:10], "made") == (10, 0)
        with pytest.raises(LedgerError, match=f"made, line {COUNT + 1}: not an answer"):
            move.take(first, [*made, "{}"], "made")
        assert list(move.export(first)) == made[:10]
        assert move.take(first, made + made, "made") == (COUNT - 10, COUNT + 10)
        exported = move.export(first)
        assert next(exported) == made[0]
        # Reading goes on while others write
        with first.transaction() as db:
            db.execute("INSERT INTO runs (run_id, started_at) VALUES ('r', '')")
        assert list(exported) == made[1:]
        assert move.merge(other, first.path) == (COUNT, 0)
        assert list(move.export(other)) == made
