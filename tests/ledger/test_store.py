"""The ledger: what is recorded, what is replayed, and how it breaks."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from bench.ledger import preflight
from bench.ledger.schema import SCHEMA
from bench.ledger.store import Ledger, LedgerError
from bench.options.resolve import assemble
from bench.options.settings import Settings
from bench.proposers import Registration, registry_of
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Outage, Request
from bench.proposers.registry import from_server
from bench.record.answer import Answer
from bench.search.session import make_proposer
from tests.support.server import Reply, serve

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9/v1"
REQUEST = Request(
    point="parity-8", model="gpt-5", reasoning_effort="high", prompt="say", trial=0, attempt=1
)


def need_ledger(settings: Settings) -> None:
    preflight.need_ledger(settings, registry_of(settings))


RUN_IDS = (f"run {number}" for number in count())


def ask(path: Path, base_url: str, replay: str = "auto", request: Request = REQUEST) -> Answer:
    """The answer that a run of its own gets."""

    async def run() -> Answer:
        settings = assemble(base_url=base_url, ledger=path, replay=replay, max_retries=0)
        proposer = make_proposer(from_server("gpt-5", settings), settings, next(RUN_IDS))
        try:
            return await proposer.propose(request)
        finally:
            await proposer.aclose()

    return asyncio.run(run())


def test_an_answer_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


class Reviser(Responses):
    """A proposer of somebody else's, which has a server look at its first answer again."""

    async def propose(self, request: Request) -> Answer:
        first = await super().propose(request)
        return await super().propose(replace(request, prompt=f"Mend this: {first.text}"))


def test_a_proposer_that_asks_further_questions_has_each_sent_as_it_is(
    tmp_path: Path,
) -> None:
    async def run(settings: Settings) -> None:
        make = partial(Reviser, settings.question, settings.asking)
        proposer = make_proposer(Registration(make=make, answers="paid"), settings, next(RUN_IDS))
        try:
            await proposer.propose(REQUEST)
        finally:
            await proposer.aclose()

    with serve(Reply(text="draft")) as server:
        asyncio.run(run(assemble(base_url=server.base_url, ledger=tmp_path / "l", max_retries=0)))
        assert [asked.body["input"] for asked in server.asked] == ["say", "Mend this: draft"]
        assert len({asked.headers["x-client-request-id"] for asked in server.asked}) == 2


def test_only_needs_no_place_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve() as server:
        first = ask(path, server.base_url)
        before = {file: file.read_bytes() for file in tmp_path.iterdir()}
        # A read-only file system, to root too
        monkeypatch.setattr("bench.ledger.store.os.access", lambda *_: False)
        assert ask(path, server.base_url, "only") == replace(first, replayed=True)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_only_names_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with pytest.raises(LedgerError, match="no such file"):
        ask(path, NOWHERE, "only")
    Ledger(path).close()
    with pytest.raises(Outage, match=r"parity-8 \(trial 0, attempt 1\)"):
        ask(path, NOWHERE, "only")


def corrupt(path: Path) -> None:
    Ledger(path).close()
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))


def no_database(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (corrupt, "malformed: give another file with --ledger"),
        (no_database, "not a database: give another file with --ledger"),
        (newer, f"schema 99 is newer than {SCHEMA}: update this project"),
        (a_folder, "unable to open database file: give another file"),
    ],
)
def test_a_broken_ledger_ends_the_run_before_a_request_is_paid(
    tmp_path: Path, broken: Callable[[Path], None], says: str
) -> None:
    broken(tmp_path / "ledger.sqlite")
    with serve() as server:
        with pytest.raises(LedgerError) as error:
            ask(tmp_path / "ledger.sqlite", server.base_url)
        assert server.asked == []
    assert says in str(error.value) and "\n" not in str(error.value)


def test_a_locked_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    monkeypatch.setattr("bench.ledger.store.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="locked: end the process that holds it"):
            Ledger(path)


FULL = """
import sys
from pathlib import Path
from bench.ledger.store import Ledger, LedgerError
try:
    Ledger(Path(sys.argv[1]))
except LedgerError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        ("mount -t tmpfs -o size=8k tmpfs {0}", "the disk is full: free some space"),
        (
            "mount -t tmpfs tmpfs {0} && cp {1} {0}/ledger.sqlite && mount -o remount,ro {0}",
            "make it writable",
        ),
    ],
)
def test_a_disk_without_room_or_without_leave_to_write(
    tmp_path: Path, prepare: str, says: str
) -> None:
    Ledger(tmp_path / "sound.sqlite").close()
    disk = tmp_path / "disk"
    disk.mkdir()
    prepared = prepare.format(disk, tmp_path / "sound.sqlite")
    command = f"{prepared} || exit 77; exec {sys.executable} -c '{FULL}' $0"
    alone = ("unshare", "--user", "--map-root-user", "--mount")
    unshare = [*alone, "sh", "-c", command, str(disk / "ledger.sqlite")]
    try:
        done = subprocess.run(
            unshare, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    except FileNotFoundError:
        pytest.skip("no unshare")
    if "unshare" in done.stderr or done.returncode == 77:
        pytest.skip("no mounts in a namespace of one's own")
    assert says in done.stdout and done.stdout.count("\n") == 1, done.stdout + done.stderr


def test_a_disk_that_has_no_room_for_an_answer_is_found_before_one_is_paid_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.ledger.store.NO_ROOM", 2**60)
    asked = partial(assemble, model=("gpt-5",), ledger=tmp_path / "ledger.sqlite")
    with serve() as server, pytest.raises(LedgerError, match="the disk is full: free some space"):
        ask(tmp_path / "ledger.sqlite", server.base_url)
    assert server.asked == []
    with pytest.raises(LedgerError, match="the disk is full: free some space"):
        need_ledger(asked())
    need_ledger(asked(replay="only"))  # it pays for nothing


def test_damage_anywhere_in_the_file_is_found_at_start(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(Reply(text="long " * 10_000)) as server:
        for attempt in range(3):
            ask(path, server.base_url, request=replace(REQUEST, attempt=attempt))
    settings = assemble(model=("gpt-5",), ledger=path)
    need_ledger(settings)
    with closing(Ledger(path)) as ledger:
        ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        ((root,),) = ledger.rows(
            "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_answers_1'"
        )
    pages = bytearray(path.read_bytes())
    pages[(root - 1) * 4096 : root * 4096] = b"\x5a" * 4096
    path.write_bytes(pages)
    with pytest.raises(LedgerError, match=r"malformed.*give another file with --ledger") as error:
        need_ledger(settings)
    assert "\n" not in str(error.value)
