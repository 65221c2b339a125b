"""The programs of an earlier run, tried as the rules of its targets."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bench.show import falsified
from bench.show.falsified import FILE, main
from targets import admit, from_label
from tests.support.made import PARITY, SHA, search, write

NEARLY = "def f(x):\n    return x.count('1') % 2 if '1' in x else 1\n"
OPTIONS = {"options": {"test_size": 200, "val_size": 20, "train_size": 20, "seed": 42}}


def leading_one(x: str) -> int:
    return int(x[0])


THEIRS = admit(from_label(leading_one, lengths=(20,)), "theirs", ())


def falsify(arguments: list[str]) -> int:
    return main(arguments, "python -m bench.falsify", lambda named: [THEIRS] * len(named))


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the command sets for its whole process is not set for the suite's."""
    monkeypatch.setattr(falsified, "need_privacy", lambda: None)
    yield
    structlog.reset_defaults()


def test_programs_are_tried_from_the_records_alone(
    tmp_path: Path, datasets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attempts = [
        *search(PARITY, 20),  # the parity of the ones: it is the rule
        *search(PARITY, 25, code=NEARLY),
        *search(SHA, 20, solved_at=None),
        *search(("fn_q", "chess"), 36),
        *search(("fn_zz", "gone"), 20),
        *search(("leading_one", "leading_one"), 20, code="def f(x):\n    return int(x[0])\n"),
        *search(("fn_b", "parity_first_half"), 20, code="def f(x):\n    while True: pass\n"),
    ]
    run = write(tmp_path / "run", attempts, OPTIONS)
    limits = {"test_timeout": 0.2, "eval_timeout": 0.2}
    write(run, attempts, {"options": OPTIONS["options"] | limits})
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    links = tmp_path / "reports"  # as a reports folder leads to its last run
    links.mkdir()
    for name in before:
        (links / name).symlink_to(run / name)
    assert falsify([str(links), "--falsify", "400", "--dataset-dir", str(datasets), "-p", "a"]) == 0
    said = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in said.splitlines() if "%" in line}
    assert rows["fn_a-parity_all-L20"] == ["✓", "=", "100%", "400"]
    assert rows["fn_a-parity_all-L25"][0] == "✓"
    assert rows["leading_one-L20"] == ["✓", "=", "100%", "400"]
    words = " ".join(said.split())
    zeros = "0" * 25
    assert f"L25: not the rule: the program says 1 and the rule says 0 on {zeros}" in words
    assert "chess-L36: not known whether it is the rule: a table has no label" in words
    assert "gone-L20: not known whether it is the rule: this version has no such target" in words
    assert "L20: not known whether it is the rule: on the test split: timeout" in words
    assert "Recovered 2 of 6 solved points" in words
    after = {path.name: path.read_bytes() for path in run.iterdir()}
    found = json.loads(after.pop(FILE))
    assert after == before and not (links / FILE).exists()
    refuted = next(point for point in found["points"] if point["length"] == 25)
    assert (refuted["recovered"], refuted["falsify_tried"]) == (False, 400)
    assert refuted["counterexample"]["input"] == zeros
    assert (found["falsify"], len(found["points"])) == (400, 6)


def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert falsify([str(tmp_path / "nothing")]) == 2
    assert capsys.readouterr().err.startswith("python -m bench.falsify: ")
    with pytest.raises(SystemExit):
        falsify([str(tmp_path), "--falsify", "0"])
    assert "give a whole number from 1 to 10,000,000" in capsys.readouterr().err
