"""Two hosts with a real sshd each: network namespaces that see none of the run's files."""

import shlex
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bench.ledger.store import Ledger
from tests.runs.test_shards import keys, lines
from tests.support.elsewhere import prepare
from tests.support.namespaces import Place, lacking, prepare_by_ssh, two_places
from tests.support.server import Asked, Reply, serve
from tests.support.session import Bench, words

ASKED = words("--functions fn_a,fn_d --lengths 25,20 --attempts 2 --falsify 20 --model m1")
PRICED = words("--price-input 1 --price-output 1 --max-cost 1 --prompt-template")


def left_on(place: Place) -> list[Path]:
    return list(place.home.glob("llm-pv/reports/unrecorded/*.jsonl"))


def test_a_host_that_is_cut_off_loses_nothing(
    tmp_path: Path, datasets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its points are run on the other host; the answer it waited for stays there in a file."""
    if (why := lacking()) is not None:
        pytest.skip(why)
    here, far = Bench(tmp_path / "here", datasets), Bench(tmp_path / "far", tmp_path / "far/data")
    for folder in (here.folder, far.folder):
        folder.mkdir()
    (far.folder / "told.txt").write_text("{examples} of length {length}")
    (tmp_path / "hosts").mkdir()
    cut: list[str] = []
    paid: Counter[str] = Counter()

    def answer(asked: Asked) -> Reply:
        is_second = asked.headers["authorization"].endswith(second.api_key)
        if is_second and not cut:
            cut.append(asked.key)
            second.cut()
        return Reply(delay=0.2 if is_second else 0.0)

    with two_places(tmp_path / "hosts", (far.folder, datasets)) as (first, second):
        prepare_by_ssh(first, tmp_path / "hosts")
        _, value = shlex.split(capsys.readouterr().out)
        prepare(second.home / "llm-pv")  # takes half the time
        value_of_second = value.replace(first.address, second.address)
        tx = (value, value_of_second.replace(str(first.home), str(second.home)))
        with serve(answer, first.here) as server:
            asked = (*ASKED, *PRICED, str(far.folder / "told.txt"), "--base-url", server.base_url)
            assert here(*asked).returncode == 1
            paid += server.paid
            done = far(*asked, *(f"--tx={one}" for one in tx), key=None)
            assert done.returncode == 1, done.stdout + done.stderr
            said = " ".join(done.stdout.split())
            lost = f"{second.address}: the worker was lost while it had this point in hand"
            assert f"{lost}: it is run again" in said, done.stdout
            assert {line.partition(": ")[0] for line in done.stderr.splitlines()} == {
                f"host root@{second.address}"
            }
            assert f"host root@{second.address} is left out: ssh does not reach it" in said
            assert f"host root@{second.address}: its points are run on root@{first.address}" in said
            assert far.manifest()["undecided"] == [] and far.manifest()["selected"] == 4
            until = time.monotonic() + 60
            while not left_on(second) and time.monotonic() < until:
                time.sleep(0.05)
            assert [file.stem for file in left_on(second)] == cut
        again = {key: count - paid[key] for key, count in server.paid.items()}
        assert again == dict.fromkeys(paid, 1) | {cut[0]: 2}  # what was in flight there
    assert {key for key, _ in keys(far.reports / "ledger.sqlite")} == set(paid)
    found, expected = lines(far.reports), lines(here.reports)
    for line in (*found, *expected):
        del line["replayed"]
    assert found == expected
    with closing(Ledger(far.reports / "ledger.sqlite")) as ledger:
        assert ledger.rows("SELECT COUNT(*) FROM pending") == [(0,)]
    secret = b"sk-of-host"
    files = [file for file in far.folder.rglob("*") if file.is_file()]
    assert files and not [file for file in files if secret in file.read_bytes()]
