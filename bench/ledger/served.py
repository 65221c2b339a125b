"""The controller's side of afar.py: what a worker on another machine asks of the ledger is done.

What arrives is foreign: it may be anything. A call that no worker makes raises NoCall.
"""

import json
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

from bench.ledger import move, spill
from bench.ledger.account import Wait
from bench.ledger.books import OwnBooks, Reserved
from bench.ledger.prices import cost_of, price_of
from bench.ledger.rows import COLUMNS, Row, read_answer
from bench.ledger.spoken import (
    Failure,
    read_failure,
    read_results,
    told_failure,
    told_reserved,
    told_results,
)
from bench.ledger.store import LedgerError
from bench.options.settings import Settings
from bench.proposers.answer_key import key_of
from bench.proposers.proposer import BudgetSpent, Outage
from bench.record import usd
from bench.record.fields import fits
from bench.record.usage import Usage

T = TypeVar("T")

Cost = Callable[[str, Mapping[str, Any], Usage], float | None]
"""From a model, the body of a request and what was used to US dollars; None where not known."""


class NoCall(ValueError):
    """What arrived is none of the calls that a worker makes. The message says why."""


def costs(settings: Settings, paid: Container[str]) -> Cost:
    """What answers of these models cost by this machine's prices. Others cost what they say."""

    def cost(model: str, body: Mapping[str, Any], usage: Usage) -> float | None:
        if model not in paid:
            return None
        return cost_of(usage, price_of(model, settings.asking, settings.money, body))

    return cost


@dataclass
class Desk:
    """The books of a run, as several workers on other machines use them."""

    books: OwnBooks
    cost: Cost
    asked: dict[str, str] = field(default_factory=dict)
    """By key: the worker that asks it now. The ledger takes them all for one process."""
    lock: RLock = field(default_factory=RLock)

    def take(self, line: str, whose: str) -> bool:
        """Record an answer that an earlier run left on another machine; False where it is there.

        Raises LedgerError, also for a line that holds none, and NoCall.
        """
        row = self.priced(move.row_of(line, f"an answer left on {whose}"))
        return spill.take(self.books.ledger, row, replaces=False)

    def priced(self, row: Row) -> Row:
        """The row, its answer at the cost by this machine's prices where that is higher.

        Raises NoCall for a row that would do harm in a ledger.
        """
        told = dict(zip(COLUMNS, row, strict=True))
        answer, body = read_answer(told["answer"]), json.loads(told["body"])
        if not fits(list(row), tuple[str | int, ...]) or not _is_money(answer.cost_usd):
            raise NoCall("an answer with a field that cannot be")
        own = self.cost(told["model"], body, answer.usage) if fits(body, dict) else None
        if not _is_money(own):
            raise NoCall("an answer that used what cannot be")
        if own is None or own <= (answer.cost_usd or 0.0):
            return row
        plain = json.loads(told["answer"]) | {"cost_usd": own}
        return *row[:-1], json.dumps(plain)


class Served:
    """The calls of one worker."""

    def __init__(self, desk: Desk, worker: str) -> None:
        self._desk = desk
        self._worker = worker
        self._open: set[str] = set()
        """Keys that it asks now."""
        self._own: set[str] = set()
        """Keys that it ever had leave to ask, or the answer to."""
        self._calls: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
            "get": (self._get, (str,)),
            "take_over": (self._take_over, (str, str, str)),
            "need_asked": (desk.books.need_asked, (str, str)),
            "stop": (self._stop, (str, str, list)),
            "results": (self._results, (str,)),
            "keep_results": (self._keep_results, (str, list)),
            "reserve": (self._reserve, (str, float | None, bool, bool, bool)),
            "settle": (self._settle, (str,)),
            "started": (self._started, (str, str)),
            "failed": (self._failed, (str, list, float | None)),
            "abandoned": (self._abandoned, (str,)),
            "forget": (self._forget, (str,)),
        }

    def reply(self, text: str) -> str:
        """The reply to a call. Raises NoCall."""
        try:
            name, *arguments = json.loads(text)
            do, hints = self._calls[name]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise NoCall("a call that there is not") from None
        if len(arguments) != len(hints) or not all(map(fits, arguments, hints)):
            raise NoCall(f"{name} with other arguments")
        try:
            given = do(*arguments)
        except (Outage, BudgetSpent) as failure:
            return json.dumps({"raised": told_failure(failure)})
        except UnicodeError:  # half a surrogate pair in a key
            raise NoCall(f"{name} with a text that is none") from None
        return json.dumps({"given": given})

    def gone(self) -> None:
        """The worker is gone: what it asks may be billed, and nobody waits for it any more.

        Raises LedgerError.
        """
        with self._desk.lock:
            for key in sorted(self._open):
                self._abandoned(key)
            self._own.clear()  # what still arrives is of no use

    def _get(self, key: str) -> Any:
        told = told_reserved(self._desk.books.get(key))
        if told is None:
            return None
        self._own.add(key)
        return told[1]

    def _take_over(self, former: str, key: str, address: str) -> str:
        query = "SELECT body, trial, attempt FROM answers WHERE key = ?"
        for body, trial, attempt in self._desk.books.ledger.rows(query, former):
            if key_of(body, address, trial, attempt) != key:
                raise NoCall("take_over to the key of another question")
        return self._desk.books.take_over(former, key, address)

    def _stop(self, model: str, effort: str, told: list[Any]) -> None:
        self._desk.books.stop(model, effort, _outage(told))

    def _results(self, key: str) -> Any:
        return told_results(self._desk.books.results(key))

    def _keep_results(self, key: str, told: list[Any]) -> Any:
        self._need_own(key)
        results = _checked(read_results, told)
        return told_results(self._desk.books.keep_results(key, results or ()))

    def _reserve(
        self, key: str, largest: float | None, shared: bool, collects: bool, patient: bool
    ) -> Any:
        if not _is_money(largest):
            raise NoCall("reserve with no amount of money")
        with self._desk.lock:
            other = self._desk.asked.get(key, self._worker)
            if patient and other != self._worker:
                return told_reserved(Wait(f"{other} asks the same"))
            found: Reserved = self._desk.books.reserve(
                key, largest, shared=shared, collects=collects, patient=patient
            )
            if not isinstance(found, Wait):
                self._own.add(key)
            if found is None:
                self._open.add(key)
                self._desk.asked[key] = self._worker
        return told_reserved(found)

    def _settle(self, line: str) -> None:
        try:
            row = move.row_of(line, "an answer")
        except LedgerError as error:
            raise NoCall(str(error)) from None
        self._need_own(row[0])
        row = self._desk.priced(row)
        self._desk.books.settle_row(row, read_answer(row[-1]).cost_usd)
        self._release(row[0])

    def _started(self, key: str, response_id: str) -> None:
        self._need_own(key)
        self._desk.books.started(key, response_id)

    def _failed(self, key: str, told: list[Any], cost: float | None) -> None:
        self._need_own(key)
        if not _is_money(cost):
            raise NoCall("failed with no amount of money")
        self._desk.books.failed(key, _outage(told), cost)
        self._release(key)

    def _abandoned(self, key: str) -> None:
        self._need_own(key)
        self._desk.books.abandoned(key)
        self._release(key)

    def _forget(self, key: str) -> None:
        self._need_own(key)
        self._desk.books.forget(key)

    def _need_own(self, key: str) -> None:
        if key not in self._own:
            raise NoCall("a call for a key that the worker had no leave to ask")

    def _release(self, key: str) -> None:
        with self._desk.lock:
            self._open.discard(key)
            if self._desk.asked.get(key) == self._worker:
                del self._desk.asked[key]


def _checked(read: Callable[[Any], T], told: Any) -> T:
    try:
        return read(told)
    except (ValueError, TypeError, RecursionError) as error:
        raise NoCall(str(error)) from None


def _is_money(dollars: float | None) -> bool:
    """Whether an amount that is known is one that an answer can cost."""
    return dollars is None or (dollars >= 0 and usd.billionths(dollars) < usd.MOST)


def _outage(told: list[Any]) -> Outage:
    failure: Failure = _checked(read_failure, told)
    if not isinstance(failure, Outage):
        raise NoCall("a failure that is no outage")
    return failure
