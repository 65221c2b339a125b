"""The proposer that stands in front of another: from the ledger what is there, and every new answer into it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.ledger.store import Ledger, answer_key
from bench.proposers.base import Answer, Outage, Proposer, Request


class Ledgered:
    """A proposer that answers from the ledger where it can, and records every new answer before giving it."""

    def __init__(self, proposer: Proposer, ledger: Ledger, host: str, replay: str, run_id: str) -> None:
        self.name = proposer.name
        self.tools = proposer.tools
        self._proposer = proposer
        self._ledger = ledger
        self._host = host
        self._replay = replay
        self._run_id = run_id

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body that the proposer would send."""
        return self._proposer.body(request)

    async def propose(self, request: Request) -> Answer:
        """The recorded answer, or a new one that is recorded by the time it is returned."""
        body = self.body(request)
        key = answer_key(body, self._host, request)
        if self._replay != "off" and (recorded := self._ledger.get(key)) is not None:
            return recorded
        if self._replay == "only":
            raise Outage(
                f"no recorded answer for {request.point} (trial {request.trial}, attempt {request.attempt}) in "
                f"{self._ledger.path}: ask for it with --replay auto"
            )
        answer = replace(await self._proposer.propose(request), replayed=False)
        self._ledger.put(key, run_id=self._run_id, host=self._host, request=request, body=body, answer=answer)
        return answer

    async def aclose(self) -> None:
        """Close the proposer and the ledger."""
        try:
            await self._proposer.aclose()
        finally:
            self._ledger.close()
