"""What a run asks no more although it goes on: a model, or a model at one reasoning effort."""

from bench.ledger.store import Ledger
from bench.proposers.base import Outage, Request

ALL_EFFORTS = ""


def stop(ledger: Ledger, run_id: str, request: Request, outage: Outage) -> None:
    """Ask no more of what the outage ends, over all workers of the run. Raises LedgerError."""
    if outage.ends == "model":
        what, effort = request.model, ALL_EFFORTS
    elif outage.ends == "effort":
        what, effort = (
            f"{request.model} at --reasoning-effort {request.reasoning_effort}",
            request.reasoning_effort,
        )
    else:
        return
    why = f"nothing more is asked of {what} in this run: {outage}"
    with ledger.transaction() as db:
        db.execute(
            "INSERT OR IGNORE INTO stops VALUES (?, ?, ?, ?)", (run_id, request.model, effort, why)
        )


def need_asked(ledger: Ledger, run_id: str, request: Request) -> None:
    """Raise Outage where the run asks this no more, and LedgerError."""
    found = ledger.rows(
        "SELECT why FROM stops WHERE run_id = ? AND model = ? AND reasoning_effort IN (?, ?)",
        run_id, request.model, ALL_EFFORTS, request.reasoning_effort,
    )  # fmt: skip
    if found:
        raise Outage(found[0][0], "model")
