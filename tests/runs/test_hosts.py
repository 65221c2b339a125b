"""Workers that share no file system with the run: in other folders, and behind a socket."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import execnet.script.socketserver
import pytest

from bench.ledger import move
from bench.ledger.store import Ledger
from tests.runs.test_shards import keys, lines
from tests.support.elsewhere import prepare, workers_of
from tests.support.server import GOOD, Asked, Reply, serve
from tests.support.session import Bench, words

ASKED = words(
    "--functions fn_a,fn_c --lengths 20,30 --attempts 2 --falsify 20 --generalize 22 --model m1"
)
PRICED = words("--price-input 1 --price-output 1 --max-cost 1")


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders with the benchmark's source."""
    root = tmp_path_factory.mktemp("hosts")
    return prepare(root / "one"), prepare(root / "two")


def tx(folder: Path) -> str:
    """A worker in a folder. As one word, or it would be forked with this checkout's source."""
    return f"--tx=popen//chdir={folder}"


def alter(dataset: Path) -> None:
    """Let a dataset be another one, and yet sound: two lines of its test split change places."""
    file = dataset / "test.txt"
    first, second, *others = file.read_text().splitlines(keepends=True)
    file.write_text("".join([second, first, *others]))
    meta = json.loads((dataset / "meta.json").read_text())
    meta["splits"]["test"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    (dataset / "meta.json").write_text(json.dumps(meta))


def test_a_host_leaves_what_this_machine_leaves(tmp_path: Path, hosts: tuple[Path, Path]) -> None:
    """With a prompt, a budget, an answer that an earlier run left, and a dataset that differs."""
    datasets = tmp_path / "datasets"  # others may have drawn more of the same target
    here, far = Bench(tmp_path / "here", datasets), Bench(tmp_path / "far", datasets)
    (tmp_path / "told.txt").write_text("{examples} of length {length}")
    prompt = ("--prompt-template", str(tmp_path / "told.txt"))
    with serve() as server:
        asked = (*ASKED, *PRICED, *prompt, "--base-url", server.base_url)
        assert here(*asked).returncode == 1
        paid = Counter(server.paid)
        ledger = here.reports / "ledger.sqlite"
        with closing(Ledger(ledger)) as opened:
            kept = sorted(move.export(opened))
        left = hosts[0] / "reports" / "unrecorded"
        left.mkdir(parents=True)
        (left / "a.jsonl").write_text(kept[0])
        (left / "b.jsonl").write_text(kept[1].replace("of length", "of no length"))
        for length in ("L30", "L22"):
            place = hosts[0] / "datasets" / "parity_all" / length
            shutil.copytree(datasets / "parity_all" / length, place)
            (altered,) = place.iterdir()
            alter(altered)
        done = far(*asked, tx(hosts[0]))
    assert done.returncode == 1, done.stdout + done.stderr
    said = done.stdout
    assert f"host {hosts[0]}: 1 answer of an earlier run taken over" in said, said
    assert "an answer that was left there stays there: an answer left on" in said
    differs = f"host {hosts[0]} has another dataset"
    assert f"fn_a-parity_all-L30: {differs} than this machine" in said
    assert f"fn_a-parity_all-L20: {differs} of length 22 (--generalize) than this machine" in said
    assert [file.name for file in left.iterdir()] == ["b.jsonl"]
    assert not list(hosts[0].rglob("*.sqlite")) and list(hosts[0].glob("datasets/*/L20"))
    expected = [line for line in lines(here.reports) if line["fn"] == "fn_c"]
    found = lines(far.reports)
    for line in found:
        assert line.pop("replayed") in (False, True)
    replayed = [line.pop("replayed") for line in expected]
    assert found == expected and not any(replayed)
    # Each was asked once more, but for what was handed over, and what had another dataset.
    again = {key: count for key, count in server.paid.items() if count > paid[key]}
    assert set(again.values()) == {2}
    of_point = json.loads(kept[0])["key"]
    assert of_point not in again and len(again) >= len(found) - 1
    assert {key for key, _ in keys(far.reports / "ledger.sqlite")} == {*again, of_point}
    spent = far.manifest()["totals"]
    assert spent["cost_usd"] == pytest.approx(0.0015 * len(found))
    assert far.manifest()["isolation"] == here.manifest()["isolation"]
    assert far.manifest()["counts"]["error"] == 2


@contextmanager
def listening(folder: Path, key: str) -> Iterator[str]:
    """execnet's socket server in a folder, with a key of its own; what `--tx` calls it."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-u", execnet.script.socketserver.__file__, address]
    environment = {**os.environ, "OPENAI_API_KEY": key}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert "Accept" in process.stdout.readline()
            yield f"socket={address}//chdir={folder}"
        finally:
            process.kill()


def test_a_host_that_dies_costs_what_it_had_in_flight(
    bench: Bench, hosts: tuple[Path, Path], tmp_path: Path
) -> None:
    """Of two hosts, one of them behind a socket, the other is killed while it waits for an answer.

    Its point is run again.
    """
    killed: list[Asked] = []
    output = tmp_path / "output"

    def answer(asked: Asked) -> Reply:
        if not killed and asked.headers["authorization"].endswith("sk-test-key"):
            (worker,) = workers_of(run.pid)
            killed.append(asked)
            os.kill(worker, signal.SIGKILL)
        return Reply(text=GOOD)

    with serve(answer) as server, listening(hosts[1], "sk-of-the-host") as behind_socket:
        grid = words("--functions fn_a,fn_d --lengths 50,25,20 --attempts 1 --model m1")
        asked = (*grid, *PRICED, "--base-url", server.base_url)
        run = bench.start(*asked, tx(hosts[0]), f"--tx={behind_socket}", output=output)
        status, said = run.wait(200), output.read_text()
        lost = f"host {hosts[0]}: the worker was lost while it had this point in hand"
        assert f"{lost}: it is run again" in " ".join(said.split()), said
        assert status == bench.manifest()["exit_status"] and "1 rerun in" in said
        assert len(bench.attempts()) == 6 and bench.manifest()["undecided"] == []
        counts = bench.manifest()["counts"]
        assert counts["passed"] + counts.get("failed", 0) == 6 and counts.keys() <= {
            "passed",
            "failed",
        }
        report = json.loads((bench.reports / "report.json").read_text())
        assert report["summary"]["total"] == 6 and "rerun" not in report["summary"]
        keys_used = {asked.headers["authorization"].split()[1] for asked in server.questions}
        assert keys_used == {"sk-test-key", "sk-of-the-host"}
        assert "sk-of-the-host" not in (bench.reports / "runner.log").read_text()
        with closing(Ledger(bench.reports / "ledger.sqlite")) as ledger:
            assert ledger.rows("SELECT COUNT(*) FROM answers") == [(6,)]
            assert ledger.rows("SELECT COUNT(*) FROM pending") == [(0,)]
            ((spent,),) = ledger.rows("SELECT spent_nanousd FROM runs")
        assert spent > 6 * 1_500_000  # the largest cost of what was in flight is spent as well
        assert {key: count for key, count in server.paid.items() if count > 1} == {killed[0].key: 2}
