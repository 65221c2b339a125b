"""A run with secrets in options and environment, against a server that tells them all back."""

import codecs
from pathlib import Path
from typing import Any

from tests.support.server import GOOD, Reply, serve
from tests.support.session import Bench


def _texts(folder: Path) -> str:
    return "".join(path.read_text("latin-1") for path in folder.rglob("*") if path.is_file())


def test_a_run_tells_no_secret_and_sends_them_all(bench: Bench, tmp_path: Path) -> None:
    def reply(asked: Any) -> Reply:
        names = ("x-gate", "x-team", "authorization")
        echo = " ".join([asked.query, *(asked.headers[name] for name in names)])
        return Reply(status=500, error={"message": echo, "type": "server_error"})

    grid = ("--functions", "fn_a", "--lengths", "20", "--model", "m1", "--max-retries", "0")
    (tmp_path / "key").write_bytes(codecs.BOM_UTF8 + b"sk-in-a-file\n")
    log = tmp_path / "logged"
    levels = ("--log-level=DEBUG", "--log-cli-level=DEBUG", "--log-file-level=DEBUG")
    logged = (*levels, f"--log-file={log}", "--api-key-file", str(tmp_path / "key"))
    more = ("--header", "X-Team=env:A_TEAM", "--header=X-Short=q7", "--query", "pass=wordpass")
    with serve(reply) as server:
        done = bench(
            *grid,
            *logged,
            *more,
            "--base-url",
            f"{server.base_url}/?code=hunter2hunter2&a=1",
            key=None,
            OPENAI_CUSTOM_HEADERS="X-Gate: open-sesame",
            A_TEAM="red-team-7",
            HTTPS_PROXY="http://me:proxyword@127.0.0.1:9",
        )
    (asked,) = server.asked
    assert (asked.path, asked.query) == ("/v1/responses", "code=hunter2hunter2&a=1&pass=wordpass")
    assert asked.headers["authorization"] == "Bearer sk-in-a-file"
    assert asked.headers["x-short"] == "q7"
    told = "HTTP 500, code=[secret]&a=[secret]&pass=[secret] [secret] [secret] Bearer [key]"
    assert done.returncode == 1 and told in " ".join(done.stdout.split()), done.stdout
    everything = done.stdout + done.stderr + _texts(bench.reports) + log.read_text()
    for secret in ("hunter2", "open-sesame", "sk-in-a-file", "proxyword", "red-team-7", "wordpass"):
        assert secret not in everything
    run = bench.manifest()
    shown = f"{server.base_url}/?code=[secret]&a=[secret]"
    assert run["options"]["base_url"] == run["defaults_changed"]["base_url"] == shown
    assert shown in run["command"] and "--header=X-Short=[secret]" in run["command"]
    assert run["options"]["header"] == ["X-Team=env:A_TEAM", "X-Short=[secret]"]
    assert run["options"]["query"] == ["pass=[secret]"]
    with serve(Reply(text=GOOD)) as server:
        good = bench(*grid, "--base-url", f"{server.base_url}?a=1&a=2")
    assert good.returncode == 0 and [a.query for a in server.asked] == ["a=1&a=2"]
