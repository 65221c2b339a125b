"""Answers from older ledgers, which knew a server by its host alone, without scheme and path."""

import json
from pathlib import Path

import structlog

from bench.ledger.store import Ledger
from bench.proposers.address import address_of

log = structlog.get_logger(__name__)


def take_over(ledger: Ledger, former: str, key: str, address: str, runs: Path) -> str:
    """Move an answer from its `former` key to `key`, if it came from this address.

    Returns the key that it is under now. The manifest of the run that paid, in the folder `runs`,
    says which address that run asked. Without a manifest the answer goes to the first address at
    the host that asks, and to no other, so that it never counts as that of two servers. Raises
    LedgerError.
    """
    found = ledger.rows(
        "SELECT run_id FROM answers WHERE key = ?1 "
        "UNION ALL SELECT run_id FROM pending WHERE key = ?1",
        former,
    )
    ours = [
        run_id for (run_id,) in found if _address_of(runs / run_id / "run.json") in (None, address)
    ]
    if not ours:
        return key
    if ledger.is_frozen:
        return former
    with ledger.transaction() as db:
        for run_id in ours:
            db.execute(
                "UPDATE OR IGNORE answers SET key = ?, host = ? WHERE key = ? AND run_id = ?",
                (key, address, former, run_id),
            )
            db.execute(
                "UPDATE OR IGNORE pending SET key = ? WHERE key = ? AND run_id = ?",
                (key, former, run_id),
            )
    log.info("answer_taken_over", key=key, former=former, address=address)
    return key


def _address_of(manifest: Path) -> str | None:
    """The address that a run asked; None where that is not known."""
    try:
        base_url = json.loads(manifest.read_bytes())["options"]["base_url"]
        return None if base_url is None else address_of(base_url)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
