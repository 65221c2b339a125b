"""Two servers at one host, and the answers of ledgers that took them for one."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.ledger import listing, move
from bench.ledger.ledgered import Ledgered
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.proposers.address import address_of, host_of
from bench.proposers.answer_key import answer_key
from bench.proposers.api.responses import Responses
from bench.record.answer import Answer
from tests.ledger.test_store import REQUEST
from tests.support.server import Asked, Reply, serve


def path_of(asked: Asked) -> Reply:
    return Reply(text=asked.path)


def ask(folder: Path, base_url: str, replay: str = "auto", background: bool = False) -> Answer:
    async def run() -> Answer:
        settings = assemble(
            reports_dir=folder,
            base_url=base_url,
            replay=replay,
            background=background,
            max_retries=0,
        )
        proposer = Ledgered(Responses(settings.question, settings.asking), settings, "run")
        try:
            return await proposer.propose(REQUEST)
        finally:
            await proposer.aclose()

    return asyncio.run(run())


def age(folder: Path, base_url: str, manifest: bool, background: bool = False) -> None:
    """Leave the ledger as an older version did after asking, with the run's manifest or without."""
    settings = assemble(background=background)
    body, host = Responses(settings.question, settings.asking).body(REQUEST), host_of(base_url)
    old, new = answer_key(body, host, REQUEST), answer_key(body, address_of(base_url), REQUEST)
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as db:
        changed = db.execute(
            "UPDATE answers SET key = ?, host = ? WHERE key = ?", (old, host, new)
        ).rowcount
        changed += db.execute("UPDATE pending SET key = ? WHERE key = ?", (old, new)).rowcount
        assert changed == 1
        db.commit()
    if manifest:
        (folder / "runs/run").mkdir(parents=True)
        (folder / "runs/run/run.json").write_text(
            json.dumps({"options": {"base_url": base_url + "/"}})
        )


def sound(folder: Path) -> bool:
    with closing(Ledger(folder / "ledger.sqlite")) as ledger:
        return list(listing.problems(ledger)) == []


def test_two_servers_at_one_host_are_two(tmp_path: Path) -> None:
    with serve(path_of) as server:
        for _ in range(2):
            for name in ("weak", "strong"):
                base_url = server.base_url.replace("/v1", f"/{name}/v1")
                assert ask(tmp_path, base_url).text == f"/{name}/v1/responses"
        assert len(server.questions) == 2


@pytest.mark.parametrize("manifest", [True, False])
def test_nobody_pays_again_for_what_an_older_ledger_holds(tmp_path: Path, manifest: bool) -> None:
    with serve(path_of) as server:
        weak, strong = (
            server.base_url.replace("/v1", f"/{name}/v1") for name in ("weak", "strong")
        )
        paid = ask(tmp_path, weak)
        age(tmp_path, weak, manifest)
        if manifest:  # else who asks first has it
            assert ask(tmp_path, strong).text == "/strong/v1/responses"
        for replay in ("auto", "only"):
            assert ask(tmp_path, weak, replay).response_id == paid.response_id
        assert ask(tmp_path, strong).text == "/strong/v1/responses"
        assert len(server.questions) == 2
    assert sound(tmp_path)


def test_a_background_request_of_an_older_ledger_is_collected(tmp_path: Path) -> None:
    with serve(Reply(polls=1)) as server:
        base_url = server.base_url

        async def leave() -> None:
            settings = assemble(reports_dir=tmp_path, base_url=base_url, background=True)
            proposer = Ledgered(Responses(settings.question, settings.asking), settings, "run")
            asked = asyncio.ensure_future(proposer.propose(REQUEST))
            while not server.polled:  # by then its id is in the ledger
                await asyncio.sleep(0.01)
            asked.cancel()
            await proposer.aclose()

        asyncio.run(leave())
        age(tmp_path, base_url, manifest=True, background=True)
        assert ask(tmp_path, base_url, background=True).response_id in server.stored
        assert len(server.questions) == 1


def test_an_older_export_is_imported_and_a_frozen_ledger_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(path_of) as server:
        paid = ask(tmp_path / "one", server.base_url)
        age(tmp_path / "one", server.base_url, manifest=False)
        with (
            closing(Ledger(tmp_path / "one/ledger.sqlite")) as one,
            closing(Ledger(tmp_path / "two.sqlite")) as two,
        ):
            assert move.take(two, list(move.export(one)), "exported") == (1, 0)
        assert sound(tmp_path / "one")
        (tmp_path / "two").mkdir()
        (tmp_path / "two.sqlite").rename(tmp_path / "two/ledger.sqlite")
        before = (tmp_path / "two/ledger.sqlite").read_bytes()
        with monkeypatch.context() as frozen:
            frozen.setattr("bench.ledger.store.os.access", lambda *_: False)
            assert ask(tmp_path / "two", server.base_url, "only").response_id == paid.response_id
        assert (tmp_path / "two/ledger.sqlite").read_bytes() == before
        assert ask(tmp_path / "two", server.base_url).response_id == paid.response_id
        assert len(server.questions) == 1
