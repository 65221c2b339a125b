"""What a run asks no more while it goes on: a model, or a model at one reasoning effort."""

from bench.ledger.store import Ledger
from bench.proposers.proposer import Outage

ALL_EFFORTS = ""


def stop(ledger: Ledger, run_id: str, model: str, effort: str, outage: Outage) -> None:
    """Ask no more of what the outage ends, over all workers of the run. Raises LedgerError."""
    if outage.ends == "model":
        what, effort = model, ALL_EFFORTS
    elif outage.ends == "effort":
        what = f"{model} at --reasoning-effort {effort}"
    else:
        return
    why = f"nothing more is asked of {what} in this run: {outage}"
    with ledger.transaction() as db:
        db.execute("INSERT OR IGNORE INTO stops VALUES (?, ?, ?, ?)", (run_id, model, effort, why))


def need_asked(ledger: Ledger, run_id: str, model: str, effort: str) -> None:
    """Raise Outage where the run asks this no more. Raises LedgerError."""
    query = "SELECT why FROM stops WHERE run_id = ? AND model = ? AND reasoning_effort IN (?, ?)"
    found = ledger.rows(query, run_id, model, ALL_EFFORTS, effort)
    if found:
        raise Outage(found[0][0], "model")
