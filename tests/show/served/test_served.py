"""The runs in a browser: what the server shows, to whom, and what it refuses."""

import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.record.leftovers import hold
from bench.run.readback import Results
from bench.show import page
from bench.show.served import main, rendered
from bench.show.served.answers import Server
from bench.show.served.known_runs import known_runs
from bench.show.served.refreshed import live
from bench.show.served.rendered import Rendered
from tests.support import warm, webdriver
from tests.support.made import PARITY, SHA, paper_grid, search, write

EVIL = "<img src=x onerror=alert(1)>&\u202e"
RUN = "20260101T000000Z-aaaa"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Runs: a whole one, a broken one, one of a hostile name, and links that lead out."""
    runs = tmp_path / "reports" / "runs"
    write(runs / RUN, search(PARITY))
    write(runs / EVIL, search(SHA, run_id=EVIL), {"defaults_changed": {"model": EVIL}})
    write(runs / "broken", [])
    (runs / "broken" / "results_attempts.jsonl").write_text("{nonsense\n")
    outside = write(tmp_path / "outside", search(PARITY))
    (runs / "link").symlink_to(outside)
    (runs / "within").mkdir()
    (runs / "within" / "run.json").symlink_to(outside / "run.json")
    write(runs / "half", [])
    (runs / "half" / "results_attempts.jsonl").unlink()
    (runs / "half" / "results_attempts.jsonl").symlink_to(outside / "results_attempts.jsonl")
    write(runs / "linked", search(PARITY))
    (runs / "linked" / "transcripts").symlink_to(outside)
    write(runs / ".hidden", [])
    (runs / "no run").write_text("a file")
    return tmp_path / "reports"


@pytest.fixture
def served(reports: Path) -> Iterator[Server]:
    with Server(reports, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(
    port: int, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers={"Host": f"localhost:{port}"} | headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()
    finally:
        connection.close()


def test_links_and_other_files_are_no_runs(reports: Path) -> None:
    assert list(known_runs(reports)) == sorted(("broken", EVIL, RUN, "linked"), reverse=True)
    assert known_runs(reports / "nowhere") == {}
    (reports.parent / "other").mkdir()
    (reports.parent / "other" / "runs").symlink_to(reports / "runs")
    assert known_runs(reports.parent / "other") == {}
    assert main([str(reports.parent / "other")]) == 2


def test_a_page_is_built_anew_when_its_run_has_changed_and_not_else(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Results] = []
    usual = page.build

    def build(results: Results) -> str:
        built.append(results)
        return usual(results)

    monkeypatch.setattr(page, "build", build)
    shown_by = Rendered(reports)
    shown = [shown_by.run(known_runs(reports)[RUN]) for _ in range(2)]
    assert len(built) == 1 and shown[0] is shown[1]
    listed = shown_by.runs()
    write(reports / "runs" / RUN, search(PARITY) + search(SHA))
    again = shown_by.run(known_runs(reports)[RUN])
    assert len(built) == 2 and again.version != shown[0].version
    assert b"fn_l-sha256_parity-L20" in again.html and b"fn_l" not in shown[0].html
    assert shown_by.runs().version != listed.version
    assert shown_by.version(RUN) == again.version and shown_by.version("no such run") == ""


def test_a_run_that_goes_on_is_told_from_a_killed_one(reports: Path) -> None:
    (reports / "runs" / RUN / "run.json").write_text(json.dumps({"run_id": RUN}))
    shown_by = Rendered(reports)
    assert b"<b>killed</b>" in shown_by.runs().html
    lock = hold(reports / "runs" / RUN)
    assert lock is not None
    assert b"<b>running</b>" in shown_by.runs().html
    os.close(lock)  # as when it is killed
    assert b"<b>running</b>" not in shown_by.runs().html


def test_a_page_keeps_its_policy_and_may_run_the_server_s_script_too() -> None:
    own = "default-src 'none'; script-src 'sha256-x' 'sha256-y'; img-src data:"
    html = f'<head><meta http-equiv="Content-Security-Policy" content="{own}"></head><body>x</body>'
    shown = live(html, "a/b", "v", 3.0)
    assert shown.policy == (
        "default-src 'none'; img-src data:; script-src 'sha256-x' 'sha256-y' 'self'; "
        "connect-src 'self'; frame-ancestors 'none'"
    )
    assert b"http-equiv" not in shown.html and b'data-look="/version/a%2Fb"' in shown.html
    with pytest.raises(ValueError, match="no Content-Security-Policy"):
        live("<body></body>", "a", "v", 1)


def test_the_list_and_each_run_are_shown_and_nothing_in_them_acts(served: Server) -> None:
    port = served.server_address[1]
    status, headers, html = ask(port, "/")
    assert status == 200 and f'<a href="/run/{RUN}">' in html
    assert "<img" not in html and "\u202e" not in html
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    (evil,) = (word for word in html.split('"') if word.startswith("/run/%3C"))
    for path in (evil, f"/run/{RUN}", "/run/broken"):
        status, headers, html = ask(port, path)
        assert status == 200 and "<img" not in html
        status, of_head, nothing = ask(port, path, "HEAD")
        assert (status, of_head | {"Date": headers["Date"]}, nothing) == (200, headers, "")
        look = html.partition('data-look="')[2].partition('"')[0]
        told: dict[str, Any] = json.loads(ask(port, look)[2])
        assert f'data-version="{told["version"]}"' in html and told["pause"] == 2.0
    said = "This run cannot be shown: results_attempts.jsonl: line 1: not a JSON object"
    assert said in html and str(served.rendered.known(RUN)) not in html
    linked = ask(port, "/run/linked")[2]
    assert "This run cannot be shown: its folder holds a link, which may lead anywhere" in linked
    assert ask(port, "/live.js")[1]["Content-Type"].startswith("text/javascript")


def test_what_is_no_run_s_name_is_not_there(served: Server) -> None:
    for path in (
        "/run/link",
        "/run/half",
        "/run/.hidden",
        "/run/../../outside",
        "/run/..%2f..%2foutside",
        "/run/%2e%2e/%2e%2e/outside",
        f"/run/{RUN}/run.json",
        f"/run/{RUN}%00",
        f"/run/./{RUN}",
        f"//run/{RUN}/..",
        "/run/%ff%fe",
        "/run/",
        "/version/link",
        "/reports/runs",
        "/etc/passwd",
        "http://127.0.0.1/",
    ):
        status, headers, said = ask(served.server_address[1], path)
        assert (status, said) == (404, "there is no such run here\n"), path
        assert headers["Content-Type"].startswith("text/plain")


def test_others_names_and_methods_are_refused(served: Server) -> None:
    port = served.server_address[1]
    for host in (f"evil.example:{port}", "localhost", "127.0.0.1:1", f"[::1]:{port}.evil", ""):
        assert ask(port, "/", Host=host)[0] == 403, host
    for host in (f"127.0.0.1:{port}", f"[::1]:{port}", f"LOCALHOST:{port}"):
        assert ask(port, "/version", Host=host)[0] == 200
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "X" * 100):
        status, headers, said = ask(port, f"/run/{RUN}", method)
        assert (status, headers["Allow"]) == (405, "GET, HEAD")
        assert said == "only GET and HEAD are answered\n"
    assert ask(port, "/", **{"Content-Length": "5"})[0] == 400
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(b"\x00nonsense\r\n\r\n")
        assert raw.recv(4096).startswith(b"Bad request syntax")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")
        assert b"403 Forbidden" in raw.recv(4096)


def test_it_says_where_it_is_refuses_a_port_that_is_taken_and_ends_at_ctrl_c(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    before = {path: path.lstat().st_mtime_ns for path in reports.rglob("*")}
    command = ["bench.report", "--serve", str(reports), "--port", "0"]
    run = warm.Run(command, dict(os.environ), [out, out])
    try:
        while not out.exists() or not out.read_text().endswith("\n"):
            assert run.poll() is None
            time.sleep(0.02)
        said = out.read_text()
        assert said.startswith("http://127.0.0.1:") and said.endswith("; Ctrl-C ends it\n")
        port = int(said.partition("127.0.0.1:")[2].partition("/")[0])
        assert f"/run/{RUN}" in ask(port, "/")[2]
        assert main([str(reports), "--port", str(port)]) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"llm-pv view: port {port}: Address already in use; give another")
        run.send_signal(signal.SIGINT)
        assert run.wait(60) == 0
    finally:
        run.kill()
    assert out.read_text() == f"{said}\nended\n"
    assert before == {path: path.lstat().st_mtime_ns for path in reports.rglob("*")}
    assert main([str(reports / "nowhere")]) == 2
    assert capsys.readouterr().err.endswith(
        "nowhere is no folder; give the one that runs report to\n"
    )


def test_a_browser_sees_a_run_grow_and_stays_where_it_is(
    served: Server, browser: webdriver.Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendered, "_LEAST_PAUSE", 0.2)
    browser.requests()
    browser.log("browser")
    runs, port = tmp_path / "reports" / "runs", served.server_address[1]
    attempts = paper_grid()
    write(runs / RUN, attempts[: len(attempts) // 2], {"ended_at": None})
    there = "return document.getElementById(arguments[0]) !== null"
    top = "return document.getElementById(arguments[0]).getBoundingClientRect().top"
    last = attempts[-1].point.id()
    browser.open(f"http://127.0.0.1:{port}/")
    browser.click(f"a[href='/run/{RUN}']")
    assert browser.comes_true(there, "fn_a-parity_all-L50")
    assert not browser.run(there, last)
    browser.run("location.hash = arguments[0]", "fn_a-parity_all-L50")
    opened = "return document.getElementById(arguments[0]).open"
    assert browser.comes_true(opened, "fn_a-parity_all-L50")
    browser.run("document.getElementById(arguments[0]).open = true", "fn_a-parity_all-L20")
    filled = "return document.getElementById(arguments[0]).querySelector('pre.code') !== null"
    for point in ("fn_a-parity_all-L50", "fn_a-parity_all-L20"):
        assert browser.comes_true(filled, point)
    field = "document.querySelector('input[type=search]')"
    browser.run(f"{field}.focus({{ preventScroll: true }})")
    browser.run("window.scrollBy(0, 150); window.before = true")
    place = browser.run(top, "fn_a-parity_all-L20")
    write(runs / RUN, attempts)
    assert browser.comes_true(there, last)
    assert browser.comes_true("return !window.before")
    for point in ("fn_a-parity_all-L50", "fn_a-parity_all-L20"):
        assert browser.comes_true(opened, point)
    near = f"{top} - arguments[1] < 2 && {top.removeprefix('return ')} - arguments[1] > -2"
    assert browser.comes_true(near, "fn_a-parity_all-L20", place)
    assert browser.run("return location.hash") == "#fn_a-parity_all-L50"
    assert browser.comes_true(f"return document.activeElement === {field}")
    # It looks on, and as nothing has changed since, it stays.
    browser.run("window.before = true")
    asked = [url for url in browser.requests() if url.startswith("http")]
    assert {url.split("/")[2] for url in asked} == {f"127.0.0.1:{port}"}
    looks: list[str] = []
    while len(looks) < 2:
        time.sleep(0.1)
        looks += [url for url in browser.requests() if "/version/" in url]
    assert browser.run("return window.before") and browser.log("browser") == []
    browser.click("p.brand a")
    assert browser.comes_true("return document.title.startsWith('Runs')")
    assert browser.grave() == []
    write(runs / "20260102T000000Z-new", search(PARITY))
    assert browser.comes_true("return document.body.innerText.includes('20260102T000000Z-new')")
