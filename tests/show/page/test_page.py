"""The page as a file: self-contained, small enough, with nothing of a model's alive in it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.run.files import RunFiles
from bench.run.points import group
from bench.run.readback import load
from bench.show.page import build, write
from bench.show.page.__main__ import main
from bench.show.terminal.summary import summarise
from tests.show.page.reading import Page, page_of
from tests.support.made import PARITY, SHA, changed, failing, paper_grid, run_files, search
from tests.support.made import write as write_run

HOSTILE = (
    "</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}\x00\u202e\ud800"
)


def test_every_link_leads_to_a_part_of_the_page_and_none_outside(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, paper_grid()))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    links = page.values("href") + page.values("xlink:href")
    assert {link for link in links if not link.startswith("#")} == {"data:,"}
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert page.values("src") == []
    assert sum(tag == "details" and a.get("class") == "point" for tag, a in page.elements) == 60


def test_the_policy_forbids_everything_but_the_pages_own_script(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, search()))
    (policy,) = (
        a["content"] or ""
        for _, a in page.elements
        if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


def test_the_page_is_the_same_for_the_same_run(tmp_path: Path) -> None:
    run = load(write_run(tmp_path, paper_grid()))
    assert build(run) == build(run)


@pytest.mark.parametrize(
    "where", ["prompt", "text", "code", "error_detail", "model", "isolation", "tools", "target"]
)
def test_what_a_model_wrote_is_text_and_nothing_else(tmp_path: Path, where: str) -> None:
    plain = Page(page_of(tmp_path / "plain", search(solved_at=None)))
    given: dict[str, Any] = {where: (HOSTILE,) if where == "tools" else HOSTILE}
    if where == "target":
        given = {"target": ("fn_x", HOSTILE)}
    html = page_of(tmp_path / "hostile", search(solved_at=None, error="runtime_error", **given))
    html.encode()
    page = Page(html)
    assert [a for t, a in page.elements if t == "script"] == [
        a for t, a in plain.elements if t == "script"
    ]
    assert not any(t == "img" or "onerror" in a for t, a in page.elements)
    assert "\x00" not in html
    assert "\u202e" not in html
    assert "49" not in re.findall(r"\{\{.*?\}\}|\b49\b", html)


def test_a_killed_run_says_so_and_shows_what_it_had(tmp_path: Path) -> None:
    file = (
        write_run(tmp_path, search() + search(SHA), {"ended_at": None}) / "results_attempts.jsonl"
    )
    file.write_bytes(file.read_bytes()[:-9])
    html = build(load(tmp_path))
    assert "This run has not ended" in html
    assert "The last line of the results was cut off" in html
    assert 'id="fn_a-parity_all-L20"' in html


def test_a_page_needs_no_manifest_and_no_attempt(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text("")
    assert "No point has ended yet." in build(load(tmp_path / "r.jsonl"))
    ended = write_run(tmp_path / "ended", [])
    assert "No point has ended yet." not in build(load(ended))
    (tmp_path / "dry.jsonl").write_text(
        json.dumps(
            {
                "fn": "f",
                "target": "f",
                "length": 2,
                "trial": 1,
                "attempt": 1,
                "model": "m",
                "request": {},
            }
        )
    )
    dry = load(tmp_path / "dry.jsonl")
    assert "dry" in build(dry)
    assert '<dl class="figures">' not in build(dry)  # there is none to show
    table = [line.split() for line in summarise(dry.attempts, dry.manifest)]
    assert ["f-L2", "dry", "run"] in table and ["Attempts", "0"] in table


def test_trials_axes_and_lengths_are_all_drawn(tmp_path: Path) -> None:
    generalization = {
        "generalization": [
            {"length": n, "size": 1000, "accuracy": 0.9, "error": None} for n in (200, 500)
        ]
    }
    attempts = [
        a
        for model in ("m1", "m2")
        for trial in (1, 2)
        for length in (20, 50)
        for a in search(PARITY, length, model=model, trial=trial, outcome=generalization)
    ]
    html = page_of(tmp_path, attempts)
    assert html.count('<table class="heat"') == 2
    assert "Generalization to other lengths" in html
    assert html.count('id="fn_a-parity_all-L20-t2-m2"') == 1
    assert html.count(">2/2, 100%</a>") == 4
    assert re.findall(r"(m[12]), length (200|500): 90\.0%", html) == [
        (m, n) for m in ("m1", "m2") for n in ("200", "500")
    ]
    assert re.search(r"<th scope=\"row\">m2</th><td>4/4</td>", html)


def test_what_is_no_result_at_another_length_is_left_out(tmp_path: Path) -> None:
    good: dict[str, Any] = {"length": 200, "size": 1000, "accuracy": 0.9, "error": None}
    odd: list[dict[str, Any]] = [{"accuracy": 2}, {"size": 0}, {"length": "x"}, {"accuracy": "0.5"}]
    html = page_of(
        tmp_path, search(outcome={"generalization": [good, *(good | one for one in odd), 7, {}]})
    )
    assert html.count('<th scope="row">200</th><td>1,000</td><td>90.0%</td>') == 1
    assert html.count("<td>90.0%</td>") == 1


def test_pass_at_k_is_shown_where_early_stop_did_not_censor_it(tmp_path: Path) -> None:
    whole = search(early_stop=False) + search(SHA, early_stop=False, solved_at=None)
    free = {"options": {"no_early_stop": True}}
    assert "pass@k" in page_of(tmp_path / "free", whole, free)
    assert "pass@k" not in page_of(
        tmp_path / "stopped", search(solved_at=2) + search(SHA), {"options": {}}
    )
    assert "pass@k" not in page_of(tmp_path / "said", whole, {"options": {"no_early_stop": False}})


def test_the_proposal_mass_of_each_function_and_across_them(tmp_path: Path) -> None:
    trials = [a for trial, at in enumerate((1, 3), 1) for a in search(trial=trial, solved_at=at)]
    html = page_of(tmp_path, trials + search(SHA, solved_at=None))
    assert '<h2 id="h-mass" class="of-all">Proposal mass</h2>' in html
    across, each = re.findall(r"<tbody>(.*?)</tbody>", html.partition("h-mass")[2], re.DOTALL)[:2]
    assert re.findall(r"<td>(.*?)</td>", across)[:2] == ["1 of 3", "33.3%"]
    rows = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", each)
    assert rows[:5] == ["parity_all L20", "2 of 4", "50.0%", "6.8% to 90.6%", "5"]
    assert rows[6:] == ["sha256_parity L20", "0 of 3", "0%", "0% to 70.8%", "-", "3 or more"]


def test_what_was_cut_short_or_only_rehearsed_counts_for_nothing(tmp_path: Path) -> None:
    cut = [
        changed(a, outcome=None, selected=False, test_acc=None) for a in search(SHA, solved_at=None)
    ]
    dry = [
        changed(
            a,
            outcome=None,
            text=None,
            request={"model": "m"},
            selected=False,
            val_acc=None,
            test_acc=None,
        )
        for a in search(("fn_g", "palindrome"))
    ]
    html = page_of(tmp_path, search(PARITY) + cut + dry)
    assert "<b>1 of 1</b>" in html
    assert re.findall(r'aria-label="(fn_[gl][^"]*)"', html) == [
        "fn_g-palindrome-L20: dry run, no test accuracy, 1 attempt",
        "fn_l-sha256_parity-L20: cut short, no test accuracy, 3 attempts",
    ]


def test_the_bounds_are_said_in_per_cent_or_to_be_vacuous(tmp_path: Path) -> None:
    bounds = {
        "confidence": 0.95,
        "validation": {"error": 0.0295, "vacuous": False},
        "occam": {"error": None, "vacuous": True},
        "paper": {"error": 1.2, "vacuous": True},
    }
    html = page_of(tmp_path, search(outcome={"bounds": bounds}))
    assert (
        "2.9% (from validation), vacuous (from its length), vacuous (the paper&#39;s bound)" in html
    )


def test_the_validation_inputs_that_an_attempt_got_wrong_are_shown(tmp_path: Path) -> None:
    wrong = [
        {"input": "0110<", "label": 0, "prediction": 1},
        {"input": "1\u202e", "label": 1, "prediction": None},
    ]
    html = page_of(tmp_path / "some", search(solved_at=None, attempts=1, val_wrong=wrong))
    assert "0110&lt; -> 0, and it says 1\n1[U+202E] -> 1, and it says no label</pre>" in html
    assert "got wrong" not in page_of(tmp_path / "none", search())


def test_errors_are_counted_by_kind(tmp_path: Path) -> None:
    html = page_of(tmp_path, failing("timeout", attempts=3) + failing("no_code", target=SHA))
    rows = re.findall(
        r'<th scope="row">(timeout|no_code)</th>.*?<td>(\d+)</td><td>(\d+)</td>', html
    )
    assert rows == [("timeout", "3", "1"), ("no_code", "2", "1")]


def test_the_page_is_put_beside_the_results_through_a_link(tmp_path: Path) -> None:
    run = write_run(tmp_path / "runs" / "x", search())
    (tmp_path / "results_attempts.jsonl").symlink_to("runs/x/results_attempts.jsonl")
    (run / "index.html").write_text("old")
    (tmp_path / "index.html").symlink_to("runs/x/index.html")
    assert write(load(tmp_path)) == (run / "index.html").resolve()
    assert (tmp_path / "index.html").is_symlink()
    assert {p.name for p in run.iterdir()} == {"index.html", "results_attempts.jsonl", "run.json"}


def _record(run: RunFiles) -> None:
    (point,) = group(search(run_id=run.id))
    run.record(point.key, point.attempts)


def test_the_page_of_a_killed_run_leaves_the_page_of_the_run_before_it_alone(
    tmp_path: Path,
) -> None:
    whole = run_files(tmp_path, "whole")
    _record(whole)
    whole.finish(0, whole.results().points)
    page = write(load(whole.folder)).read_bytes()
    whole.close()
    killed = run_files(tmp_path, "killed")
    _record(killed)
    assert (
        write(load(tmp_path))
        == (tmp_path / "index.html").resolve()
        == tmp_path / "runs" / "killed" / "index.html"
    )
    assert (whole.folder / "index.html").read_bytes() == page


def test_the_command_builds_a_page_with_a_comparison(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = (
        write_run(tmp_path / "a", paper_grid(seed=1)),
        write_run(tmp_path / "b", paper_grid(seed=2, run_id="b")),
    )
    assert main([str(b), "--against", str(a), "--out", str(tmp_path / "page.html")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    assert "b against 20260101T000000Z-aaaa" in html
    assert "No evidence that" in html
    assert main([str(b), "--out", str(tmp_path / "a" / "run.json" / "page.html")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"python -m bench.report: {tmp_path / 'a' / 'run.json' / 'page.html'}: ")
    assert main([str(b), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "index.html").is_file()
    points = ["--point", "fn_a-parity_all-L50", "--point", "fn_g-palindrome-L20"]
    links = tmp_path / "reports"  # as a reports folder leads to its last run
    links.mkdir()
    (links / "results_attempts.jsonl").symlink_to(b / "results_attempts.jsonl")
    assert main([str(links), *points]) == 0
    html = (b / "point.html").read_text()
    assert "This page is of 2 of 60 points of the run" in html
    assert Page(html).values("id").count("fn_g-palindrome-L20") == 1
    assert html.count('<details class="point"') == 2
    assert main([str(b), "--point", "fn_a-parity_all"]) == 2
    assert capsys.readouterr().err == (
        f"python -m bench.report: {b}: no point has the test id 'fn_a-parity_all';"
        " one of its test ids is fn_a-parity_all-L100\n"
    )
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "give a run's folder" in capsys.readouterr().err
