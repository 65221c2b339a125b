"""What was paid for is kept with a ledger full, locked or gone; the next run takes it over."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import structlog.testing

from bench.ledger import keep, patience, preflight, store
from bench.ledger.__main__ import main
from bench.ledger.books import OwnBooks
from bench.ledger.ledgered import Ledgered
from bench.ledger.store import Ledger, LedgerError
from bench.options.resolve import assemble
from bench.options.settings import Settings
from bench.proposers import registry_of
from bench.proposers.api.responses import Responses
from tests.ledger.test_store import REQUEST
from tests.support.server import Asked, Reply, serve

LONG = Reply(text="long " * 10_000)
COST = round((1000 * 1.25 + 500 * 10) / 1e6 * 1e9)
"""What an answer costs, in billionths."""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TOLD_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(keep, "KEEP_SECONDS", 0.1)


def settings_in(folder: Path, base_url: str, *, background: bool = False) -> Settings:
    return assemble(
        model=("gpt-5",),
        reports_dir=folder,
        base_url=base_url,
        max_retries=0,
        background=background,
    )


def ledger_of(proposer: Ledgered) -> Ledger:
    books = proposer._books
    assert isinstance(books, OwnBooks)
    return books.ledger


def fill(proposer: Ledgered) -> None:
    """Let the ledger have no room, as on a full disk."""
    ((pages,),) = ledger_of(proposer).rows("PRAGMA page_count")
    ledger_of(proposer).rows(f"PRAGMA max_page_count = {pages}")


async def ask(proposer: Ledgered, *attempts: int) -> list[str]:
    """What becomes of these attempts: the texts, or the lines of the errors."""
    found = []
    for attempt in attempts:
        try:
            answer = await proposer.propose(replace(REQUEST, attempt=attempt))
            found.append(answer.text or "")
        except LedgerError as error:
            found.append(str(error))
    return found


def run(
    settings: Settings, *attempts: int, before: Callable[[Ledgered], None] = lambda _: None
) -> list[str]:
    async def session() -> list[str]:
        proposer = Ledgered(Responses(settings.question, settings.asking), settings, "run")
        try:
            before(proposer)
            return await ask(proposer, *attempts)
        finally:
            await proposer.aclose()

    return asyncio.run(session())


def nobody_pays_again(settings: Settings, asked: Callable[[], int]) -> None:
    """Start the next run: it takes the answer over, and books what it cost."""
    before = asked()
    preflight.need_ledger(settings, registry_of(settings))
    assert list((settings.results.reports_dir / "unrecorded").iterdir()) == []
    assert run(settings, 1) == [LONG.text] and asked() == before
    with closing(Ledger(settings.ledger_path)) as ledger:
        assert ledger.rows("SELECT COUNT(*) FROM pending") == [(0,)]
        # A ledger that was deleted knows nothing of the run that paid.
        assert ledger.rows("SELECT SUM(spent_nanousd) FROM runs") in ([(COST,)], [(None,)])


def test_an_answer_that_finds_no_room_is_in_a_file_and_nothing_more_is_asked(
    tmp_path: Path,
) -> None:
    with serve(LONG) as server:
        settings = settings_in(tmp_path, server.base_url)
        lines = run(settings, 1, 2, 3, before=fill)
        assert len(server.asked) == 1 and len(set(lines)) == 1
        (file,) = (tmp_path / "unrecorded").iterdir()
        assert lines[0].endswith(
            "the disk is full: free some space, or give another file with --ledger; "
            f"the answer that was paid for is in {file}, which the next run takes over"
        )
        nobody_pays_again(settings, lambda: len(server.asked))


def test_an_answer_waits_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "KEEP_SECONDS", 60.0)

    async def session(settings: Settings) -> str:
        proposer = Ledgered(Responses(settings.question, settings.asking), settings, "run")
        fill(proposer)
        answer = asyncio.ensure_future(proposer.propose(REQUEST))
        while not list(tmp_path.glob("unrecorded/*.jsonl")):
            await asyncio.sleep(0.01)
        ledger_of(proposer).rows("PRAGMA max_page_count = 1000000")
        found = await answer
        await proposer.aclose()
        return found.text or ""

    with serve(LONG) as server, structlog.testing.capture_logs() as told:
        assert asyncio.run(session(settings_in(tmp_path, server.base_url))) == LONG.text
    assert list(tmp_path.glob("unrecorded/*")) == []
    (line,) = [event["detail"] for event in told if event["event"] == "waiting"]
    assert (
        line.startswith("parity-8: waiting, for up to 1 min 0 s: ledger ")
        and "the disk is full" in line
    )


def test_an_answer_whose_wait_is_cancelled_is_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "KEEP_SECONDS", 60.0)

    async def session(settings: Settings) -> None:
        proposer = Ledgered(Responses(settings.question, settings.asking), settings, "run")
        fill(proposer)
        answer = asyncio.ensure_future(proposer.propose(REQUEST))
        while not list(tmp_path.glob("unrecorded/*.jsonl")):
            await asyncio.sleep(0.01)
        answer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await answer
        await proposer.aclose()

    with serve(LONG) as server:
        settings = settings_in(tmp_path, server.base_url)
        asyncio.run(session(settings))
        nobody_pays_again(settings, lambda: len(server.asked))


def delete(folder: Path) -> None:
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_ledger_that_is_deleted_under_a_run_is_noticed(tmp_path: Path, replaced: bool) -> None:
    def take_away(_: object) -> None:
        (tmp_path / "ledger.sqlite").rename(tmp_path / "away.sqlite")
        if replaced:
            (tmp_path / "ledger.sqlite").write_bytes((tmp_path / "away.sqlite").read_bytes())

    with serve(LONG) as server:
        settings = settings_in(tmp_path, server.base_url)
        (line,) = run(settings, 1, before=take_away)
        assert "ledger.sqlite: the file was deleted or replaced under the run: run again" in line
        assert server.asked == []


def test_an_answer_whose_ledger_was_deleted_meanwhile_is_in_a_file(tmp_path: Path) -> None:
    def reply(_: Asked) -> Reply:
        delete(tmp_path)
        return LONG

    with serve(reply) as server:
        settings = settings_in(tmp_path, server.base_url)
        (line,) = run(settings, 1)
        assert "deleted or replaced" in line and line.endswith("which the next run takes over")
        server.script = lambda _: LONG
        nobody_pays_again(settings, lambda: len(server.asked))


def test_an_answer_for_which_there_is_no_room_anywhere_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "unrecorded").write_text("no folder: nothing can be written below it")
    with serve(LONG) as server, structlog.testing.capture_logs() as told:
        (line,) = run(settings_in(tmp_path, server.base_url), 1, before=fill)
        assert len(server.asked) == 1
    assert "the answer that was paid for is lost (response id resp_" in line
    (waiting,) = [event["detail"] for event in told if event["event"] == "waiting"]
    assert waiting.endswith("the answer that was paid for is in memory alone")


def test_a_file_is_taken_over_by_hand_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    with serve(LONG) as server:
        settings = settings_in(tmp_path, server.base_url)
        run(settings, 1, before=fill)
        (file,) = (tmp_path / "unrecorded").iterdir()
        assert main(["--ledger", str(tmp_path / "other.sqlite"), "import", str(file)]) == 0
        file.write_text(file.read_text().replace('"attempt": 1', '"attempt": 2'))
        with pytest.raises(LedgerError, match=r"unrecorded/.*jsonl, line 1: not an answer"):
            preflight.need_ledger(settings, registry_of(settings))


def test_a_background_id_that_cannot_be_noted_is_collected_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "KEEP_SECONDS", 60.0)
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(
        tmp_path / "ledger.sqlite", isolation_level=None, check_same_thread=False
    )

    def lock(_: Asked) -> Reply:
        other.execute("BEGIN IMMEDIATE")
        return replace(LONG, polls=1)

    async def session(settings: Settings) -> str:
        proposer = Ledgered(Responses(settings.question, settings.asking), settings, "run")
        answer = asyncio.ensure_future(proposer.propose(REQUEST))
        while not list(tmp_path.glob("unrecorded/*.jsonl")):
            await asyncio.sleep(0.01)
        other.rollback()
        found = await answer
        await proposer.aclose()
        return found.text or ""

    with serve(lock) as server:
        settings = settings_in(tmp_path, server.base_url, background=True)
        assert asyncio.run(session(settings)) == LONG.text and len(server.questions) == 1
    other.close()
