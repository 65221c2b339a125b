"""What a worker on another machine is told, and what its host may say before it starts."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from execnet import RemoteError, XSpec

from bench.options.resolve import READ_FILES, assemble, by_name, resolve
from bench.options.settings import Settings
from bench.plugin.hosts import travel
from bench.plugin.hosts.arrival import seconds_of, settings_here
from bench.plugin.hosts.fingerprint import SOURCE
from bench.plugin.hosts.nodes import refuse_key, refuse_open
from bench.plugin.hosts.place import host_of_spec, is_far
from bench.plugin.hosts.visit import visit
from bench.question.grid import points
from tests.support.session import words

GIVEN = """
--functions fn_a,fn_c --lengths 20,30 --trials 2 --shard 1/2 --attempts 3 --no-early-stop
--generalize 40 --require-recovery --train-size 10,20 --seed 7 --negatives hard --model m,n
--reasoning-effort low,high --tools none,python --omit store,text --base-url http://h/v1
--header X-A=env:A --header X-B=env:B --query v=env:V --max-retries 2 --request-timeout 0.5
--concurrency 3 --replay off --max-cost 2.5 --price-input 1e-3 --eval-timeout 2 --baseline-ignore
model --require-isolation process --enumerator-seconds 0.25 --max-output-tokens 99
"""


def config_in(folder: Path, *args: str) -> pytest.Config:
    """As much of a configuration as is asked for."""
    told = SimpleNamespace(
        args=args, rootpath=folder, invocation_params=SimpleNamespace(dir=folder)
    )
    return cast("pytest.Config", told)


def given_in(folder: Path) -> Settings:
    """The settings of GIVEN, with files and folders."""
    (folder / "a.txt").write_bytes(b"\xef\xbb\xbf{examples}")
    (folder / "deep").mkdir()
    (folder / "deep" / "a.txt").write_text("x{examples}")
    (folder / "body.json").write_text("{}")
    (folder / "base.jsonl").write_text("line")
    raw: dict[str, object] = {"prompt_template": f"{folder}/a.txt,{folder}/deep/a.txt"}
    raw |= {"request_json": f"{folder}/body.json", "baseline": f"{folder}/base.jsonl"}
    raw |= {"dataset_dir": "deep/data", "raw_dir": "/far/raw"}
    raw |= {"reports_dir": "out", "ledger": "l.sqlite", "out_csv": "o.csv", "min_solved": "1"}
    name = ""
    for word in words(GIVEN):
        if word.startswith("--"):
            name = word[2:].replace("-", "_")
            raw.setdefault(name, True)
        elif raw[name] is True:
            raw[name] = word
        else:
            raw[name] = [raw[name], word]
    return resolve(raw, {}, folder, folder)


def test_options_arrive_as_they_were_resolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    settings = given_in(here)
    told = travel.packed(config_in(here, "bench::x", "bench"), settings, (), None)
    monkeypatch.chdir(there)
    monkeypatch.delenv("LLMPV_RAW_DIR", raising=False)
    sent, found = by_name(settings), by_name(settings_here(told, tmp_path / "files"))
    assert told["selected"] == ["x", ""] and told["seconds"] is None
    assert found["dataset_dir"] == there / "deep/data" and found["reports_dir"] == there / "out"
    assert found["raw_dir"] == there / "datasets/raw"  # at its default, as it was elsewhere
    monkeypatch.setenv("LLMPV_RAW_DIR", "/its/own")
    assert settings_here(told, tmp_path / "files").data.raw_dir == Path("/its/own")
    first, second = found["prompt_template"]
    assert (first.name, first.read_bytes()) == ("a.txt", b"\xef\xbb\xbf{examples}")
    assert (second.name, second.read_text()) == ("a.txt", "x{examples}")
    assert [found[name] for name in travel.STAY] == [None] * len(travel.STAY)
    others = sent.keys() - {*travel.FOLDERS, *READ_FILES, *travel.STAY}
    assert {name: found[name] for name in others} == {name: sent[name] for name in others}
    assert len(others) > 40


def test_seconds_of_an_earlier_run_arrive(tmp_path: Path) -> None:
    settings = assemble(functions=("fn_a",), lengths=(20, 30))
    grid, _ = points(settings.grid, settings.question, settings.data)
    seconds = {grid[0].key: 1.5}
    told = travel.packed(config_in(tmp_path), settings, grid, seconds)
    assert seconds_of(told, grid) == seconds


def test_what_is_elsewhere_and_what_it_is_called() -> None:
    assert not is_far(XSpec("popen")) and not is_far(XSpec("popen//python=/p"))
    named = {
        "ssh=-p 22 me@one//chdir=d": "me@one",
        "socket=h:1": "h:1",
        "popen//chdir=/a": "/a",
        "popen//via=x": "x",
    }
    assert all(is_far(XSpec(spec)) for spec in named)
    assert {spec: host_of_spec(XSpec(spec)) for spec in named} == named


def test_no_secret_is_put_where_others_read_it() -> None:
    with pytest.raises(pytest.UsageError, match="env:OPENAI_API_KEY would show the key"):
        refuse_key(XSpec("ssh=h//env:OPENAI_API_KEY=sk-x"))
    refuse_key(XSpec("ssh=h//env:LANG=C"))
    refuse_open(assemble(header=("X=env:A",)))
    with pytest.raises(pytest.UsageError, match="--query: its value would cross") as refused:
        refuse_open(assemble(query=("key=abcdefgh",)))
    assert "abcdefgh" not in str(refused.value)


class Host:
    """A gateway and its channel, which say what they are told to."""

    def __init__(self, *said: object) -> None:
        self.said = list(said)
        self.got: list[object] = []

    def remote_exec(self, _source: str) -> "Host":
        return self

    def send(self, one: object) -> None:
        self.got.append(one)

    def receive(self, _seconds: float) -> object:
        one = self.said.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    def waitclose(self, _seconds: float) -> None:
        assert not self.said


def look(**fields: Any) -> str:
    return json.dumps({"source": SOURCE, "isolation": "strong", "problem": None} | fields)


def test_a_host_that_cannot_run_this_is_one_line() -> None:
    config = cast("pytest.Config", None)
    assert visit(config, Host(look(), None), {}, None, "h") == "strong"
    missing = RemoteError("Traceback\nModuleNotFoundError: No module named 'bench'\n")
    wrong: dict[str, Host] = {
        "no API key\\u001b": Host(look(problem="no API key\x1b")),
        "another version of the benchmark": Host(look(source="x")),
        "says nothing that can be read": Host("[" * 9),
        "nothing that can be read": Host(5),
        "No module named 'bench': prepare it with llm-pv remote": Host(missing),
        "it does not answer": Host(EOFError("gone")),
        "hands over what nobody asked for": Host(look(), "a line"),
    }
    for line, host in wrong.items():
        with pytest.raises(pytest.UsageError) as refused:
            visit(config, host, {}, None, "h")
        assert str(refused.value).startswith("host h: ") and line in str(refused.value)
