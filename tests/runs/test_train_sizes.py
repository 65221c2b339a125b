"""One run with several train sizes: its files, and all that is made of them."""

import json

import pytest

from bench.run.readback import load
from bench.show.compare.__main__ import main as compare
from bench.show.paper.__main__ import main as paper
from tests.support.session import Bench, words

GRID = "--functions fn_a,fn_g --lengths 20 --val-size 20 --attempts 1 --falsify 0"


def examples(prompt: str) -> list[str]:
    """The lines of a prompt that are examples."""
    return [line for line in prompt.splitlines() if " -> " in line]


def test_a_run_with_several_train_sizes(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    done = bench(*words(GRID), *words("--train-size 20,40,200 -n 1"))
    assert done.returncode in (0, 1), done.stdout
    assert "\n20 examples\n" in done.stdout
    assert bench.manifest()["options"]["train_size"] == [20, 40, 200]
    lines = bench.attempts()
    assert [line["train_size"] for line in lines] == [20, 40, 200] * 2
    events = [json.loads(line) for line in (bench.reports / "runner.log").read_text().splitlines()]
    met = [event["path"] for event in events if event["event"].startswith("dataset_")]
    assert len(met) == 6 and len(set(met)) == 2  # all sizes of a target are cut from one
    for at in (0, 3):
        shown = [examples(line["prompt"]) for line in lines[at : at + 3]]
        assert [len(some) for some in shown] == [20, 40, 200]
        assert shown[1][:20] == shown[0]
        assert set(shown[1]) < set(shown[2])
        assert len({line["dataset_sha256"] for line in lines[at : at + 3]}) == 3

    reports = str(bench.reports)
    assert compare([reports, "--by", "train_size"]) == 0
    assert "2 points on the same validation and test splits" in capsys.readouterr().out
    assert paper([reports, "--length", "20", "--train-size", "40"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Test accuracy at length 20, with 40 examples\n")
    assert "Accuracy against examples, at length 20" in told
    page = (bench.reports / "index.html").read_text()
    assert "Against the number of examples" in page
    ids = [load(bench.reports).ids[point.key] for point in load(bench.reports).points]
    assert ids[:2] == ["fn_a-parity_all-L20-20", "fn_a-parity_all-L20-40"]
