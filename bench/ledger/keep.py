"""Keeping what was paid for: an answer is held, in a file too, until the ledger takes it."""

from pathlib import Path
from typing import Protocol

from bench.ledger import spill
from bench.ledger.offloop import OffLoop
from bench.ledger.patience import Patience
from bench.ledger.rows import Paid
from bench.ledger.store import LedgerBusy, LedgerError

KEEP_SECONDS = 600.0
"""How long an answer is held for a ledger that is locked, or whose disk is full."""


class Settling(Protocol):
    """Records an answer, and books what it cost."""

    def settle(self, paid: Paid) -> None:
        """Raises LedgerError."""
        ...


async def keep(account: Settling, paid: Paid, folder: Path, off_loop: OffLoop) -> None:
    """Record the answer. Raises LedgerError where that fails; then a file in `folder` has it."""
    patience = Patience(KEEP_SECONDS, paid.request.point)
    file: Path | None = None
    while True:
        try:
            await off_loop(account.settle, paid)
        except LedgerError as error:
            # At once, and not at the end of the wait: the process may be killed meanwhile.
            file = file or await off_loop(spill.write, folder, paid)
            gives_up = patience.is_over or not isinstance(error, LedgerBusy)
            line = f"{error}; the answer that was paid for is {_place(file, gives_up, paid)}"
            if gives_up:
                raise LedgerError(line) from error
            await patience.wait(line)
        else:
            if file is not None:
                file.unlink(missing_ok=True)
            return


def _place(file: Path | None, gives_up: bool, paid: Paid) -> str:
    """Where the answer is while the ledger does not have it."""
    if file is not None:
        return f"in {file}, which the next run takes over"
    return f"lost (response id {paid.answer.response_id})" if gives_up else "in memory alone"
