"""What a worker on another machine sends, made anew from what is known to be sound in it.

pytest-xdist trusts its workers: it imports the modules that they name. Of what comes from another
machine nothing is taken over but numbers, texts without control characters, the ids of points of
this run, and attempts that are read as strictly as any file.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bench.plugin.cargo import Cargo, pack
from bench.plugin.tally import Tally
from bench.record.attempt import Attempt
from bench.record.codec import NoAttempt, parse
from bench.record.fields import fits
from bench.record.wording import printable

Event = tuple[str, dict[str, Any]]
Compare = Callable[[str, Attempt], str | None]
"""Says why an attempt at a point is none on this run's dataset; None where it is."""

_WHEN = ("setup", "call", "teardown")
_OUTCOMES = ("passed", "failed", "skipped", "rerun")
_ABOUT = {"version": str, "sysplatform": str, "platform": str, "executable": str, "cwd": str}
_EXTRA = {"wasxfail": str, "rerun": int}
"""What plugins of pytest add to a report."""


class Unsound(ValueError):
    """What arrived is nothing that a sound worker of this run sends. The message says what."""


class Border:
    """The events of one worker, as this machine takes them."""

    def __init__(self, worker: str, file: str, tally: Tally, run_id: str, compare: Compare) -> None:
        """`file` is where this machine's tests are."""
        self._worker = worker
        self._file = file
        self._keys = tally.keys
        self._point_in = tally.point_in
        self._run_id = run_id
        self._compare = compare
        self._refused: set[str] = set()
        """Tests whose results do not count."""
        self._makers: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
            "workerready": self._ready,
            "workerfinished": self._finished,
            "internal_error": self._internal_error,
            "collectionstart": self._started,
            "collectionfinish": self._collected,
            "logstart": self._about_test,
            "logfinish": self._about_test,
            "testreport": self._test_report,
            "collectreport": self._collect_report,
            "runtest_protocol_complete": self._complete,
            "unscheduled": self._unscheduled,
            "warning_recorded": self._warning,
        }

    def let_in(self, event: object) -> Event | None:
        """The event, made anew; None for one that is left out. Raises Unsound."""
        try:
            name, values = _pair(event)
            made = self._makers[name](values)
        except Unsound:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            what = printable(f"{type(error).__name__}: {error}")[:200]
            raise Unsound(f"no event of a worker ({what})") from None
        return None if made is None else (name, made)

    def _ready(self, values: dict[str, Any]) -> dict[str, Any]:
        told = values["workerinfo"]
        about: dict[str, Any] = {name: _text(told[name]) for name in _ABOUT}
        *numbers, level, serial = told["version_info"]
        about["version_info"] = (*map(_count, numbers), _text(level), _count(serial))
        return {"workerinfo": about}

    def _finished(self, values: dict[str, Any]) -> dict[str, Any]:
        told = values["workeroutput"]
        # pytest-metadata wants its own, and would take it for this machine's.
        made: dict[str, Any] = {"exitstatus": _count(told["exitstatus"]), "metadata": {}}
        for name in ("shouldfail", "shouldstop"):
            made[name] = _text(told[name]) if isinstance(told[name], str) else bool(told[name])
        if "llmpv_in_all_shards" in told:
            made["llmpv_in_all_shards"] = _count(told["llmpv_in_all_shards"])
        return {"workeroutput": made}

    def _internal_error(self, values: dict[str, Any]) -> None:
        """Have done with the worker: xdist would end the run, and of hosts others are left."""
        *_, last = _lines(values["formatted_error"]).strip().splitlines() or [""]
        raise Unsound(f"an internal error: {last}")

    def _started(self, _values: dict[str, Any]) -> None:
        return None

    def _collected(self, values: dict[str, Any]) -> dict[str, Any]:
        ids = [self._id(test) for test in values["ids"]]
        if len(set(ids)) < len(ids):
            raise Unsound("a test twice in a collection")
        return {"ids": ids, "topdir": ""}

    def _about_test(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"nodeid": self._id(values["nodeid"]), "location": self._location(values)}

    def _complete(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"item_index": _count(values["item_index"]), "duration": _number(values["duration"])}

    def _unscheduled(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"indices": list(map(_count, values["indices"]))}

    def _warning(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """The warning, as one of two kinds that are known here."""
        told = values["warning_message_data"]
        if told["category_class_name"] == "PytestAssertRewriteWarning":
            return None  # the look at the host came before pytest did
        text = _text(told["message_str"])
        is_notice = told["message_class_name"] == "Notice"
        module, kind = ("bench.plugin.notices", "Notice") if is_notice else ("builtins", "Warning")
        made = {
            "message_str": text,
            "message_module": module,
            "message_class_name": kind,
            "message_args": (text,),
            "category_module": module,
            "category_class_name": kind,
            "filename": _text(told["filename"]),
            "lineno": _count(told["lineno"]),
            "file": None,
            "line": None,
            "source": None,
        }
        about = {"when": _text(values["when"]), "nodeid": _text(values["nodeid"]), "location": None}
        return {"warning_message_data": made, **about}

    def _collect_report(self, values: dict[str, Any]) -> dict[str, Any]:
        told = values["data"]
        made = {"nodeid": self._file, "outcome": "failed", "longrepr": _lines(told["longrepr"])}
        return {"data": {**made, "result": None, "sections": [], "$report_type": "CollectReport"}}

    def _test_report(self, values: dict[str, Any]) -> dict[str, Any] | None:
        told = values["data"]
        when, outcome, nodeid = told["when"], told["outcome"], self._id(told["nodeid"])
        if when not in _WHEN or outcome not in _OUTCOMES:
            raise Unsound("a report of another kind")
        if when == "setup":
            self._refused.discard(nodeid)
        elif nodeid in self._refused:
            return None
        made: dict[str, Any] = {
            "nodeid": nodeid,
            "when": when,
            "outcome": outcome,
            "keywords": {},
            "location": self._location(told),
            "longrepr": _longrepr(told["longrepr"]),
            **{name: _number(told[name]) for name in ("duration", "start", "stop")},
            "sections": [(_text(name), _lines(text)) for name, text in told["sections"]],
            "user_properties": [_property(*pair) for pair in told["user_properties"]],
            "$report_type": "TestReport",
            "item_index": _count(told["item_index"]),
            "worker_id": self._worker,
            **{name: _extra(told[name], kind) for name, kind in _EXTRA.items() if name in told},
        }
        if "llmpv" in told:
            cargo = self._cargo(told["llmpv"], nodeid)
            made["llmpv"] = pack(cargo)
            if cargo.attempts and (why := self._compare(self._point(nodeid), cargo.attempts[0])):
                self._refused.add(nodeid)
                events = Cargo(events=cargo.events)
                made |= {"outcome": "failed", "longrepr": why, "llmpv": pack(events)}
                made |= {"user_properties": []}
        return {"data": made}

    def _cargo(self, text: Any, nodeid: str) -> Cargo:
        plain = json.loads(_need(text, str))
        try:
            attempts = tuple(parse(json.dumps(one).encode()) for one in plain["attempts"])
        except NoAttempt as error:
            raise Unsound(f"no attempt ({printable(str(error))})") from None
        key = self._keys[self._point(nodeid)]
        numbers = [attempt.attempt for attempt in attempts]
        sent_by = {(attempt.point, attempt.run_id) for attempt in attempts}
        if sent_by - {(key, self._run_id)} or len(set(numbers)) < len(numbers):
            raise Unsound("attempts of another point or run")
        transcripts = {
            str(int(name)): _need(one, str) for name, one in plain["transcripts"].items()
        }
        if not fits(plain["events"], tuple[Mapping[str, Any], ...]):
            raise Unsound("events that are none")
        return Cargo(attempts, transcripts, plain["events"])

    def _id(self, told: Any) -> str:
        """A test's id, with the file as this machine has it."""
        test = _need(told, str).partition("::")[2]
        self._point(test)
        return f"{self._file}::{test}"

    def _point(self, test: str) -> str:
        """The point of a test, by the test's id."""
        point = self._point_in(test)
        if point is None:
            raise Unsound(f"a test that this run does not have: {printable(test)[:200]}")
        return point

    def _location(self, told: Mapping[str, Any]) -> tuple[str, int | None, str]:
        _, line, name = told["location"]
        return self._file, None if line is None else _count(line), _text(name)


def _pair(event: Any) -> tuple[Any, Any]:
    name, values = event
    return name, values


def _need(value: Any, hint: Any) -> Any:
    if not fits(value, hint):
        raise Unsound(f"a {type(value).__name__} in the place of another type")
    return value


def _text(value: Any) -> str:
    return printable(_need(value, str))


def _lines(value: Any) -> str:
    return "\n".join(map(printable, _need(value, str).splitlines()))


def _count(value: Any) -> int:
    if _need(value, int) < 0:
        raise Unsound("a count below 0")
    return int(value)


def _number(value: Any) -> float:
    return float(_need(value, float))


def _extra(value: Any, kind: type) -> Any:
    return _text(value) if kind is str else _count(value)


def _longrepr(value: Any) -> str | tuple[str, int, str] | None:
    if isinstance(value, tuple | list):
        path, line, why = value
        return _text(path), _count(line), _text(why)
    return None if value is None else _lines(value)


def _property(name: Any, value: Any) -> tuple[str, str | int | float]:
    kept: str | int | float = value if fits(value, bool | int | float) else _text(value)
    return _text(name), kept
