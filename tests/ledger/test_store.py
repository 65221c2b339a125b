"""The ledger: what is recorded, what is replayed, and how it breaks."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.ledger.store import Ledger, LedgerError
from bench.proposers import make_proposer
from bench.proposers.base import Answer, Outage, Request
from bench.settings import Settings
from tests.server import serve

REQUEST = Request(point="parity-8", model="gpt-5", reasoning_effort="high", prompt="say", trial=0, attempt=1)


def ask(path: Path, base_url: str, replay: str = "auto", request: Request = REQUEST) -> Answer:
    async def run() -> Answer:
        settings = Settings(base_url=base_url, ledger=path, replay=replay, max_retries=0)
        proposer = make_proposer("gpt-5", settings, "run")
        try:
            return await proposer.propose(request)
        finally:
            await proposer.aclose()

    return asyncio.run(run())


def test_an_answer_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    path = tmp_path / "new" / "ledger.sqlite"
    with serve() as server:
        first = ask(path, server.base_url)
        monkeypatch.delenv("OPENAI_API_KEY")
        for mode in ("auto", "only"):
            assert ask(path, server.base_url, mode) == replace(first, replayed=True)
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        assert len(server.asked) == 1 and not first.replayed
        assert not ask(path, server.base_url, "off").replayed
        assert not ask(path, server.base_url, request=replace(REQUEST, attempt=2)).replayed
        assert not ask(path, server.base_url, request=replace(REQUEST, trial=1)).replayed
        assert len(server.asked) == 4


def test_only_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Outage, match=r"parity-8 \(trial 0, attempt 1\)"):
        ask(tmp_path / "ledger.sqlite", "http://127.0.0.1:9/v1", "only")


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(path)


def test_a_newer_schema(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="schema 99 is newer"):
        Ledger(path)


def test_a_locked_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="locked"):
            Ledger(path, busy_seconds=0.1)
