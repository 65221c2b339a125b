"""The runner of the benchmarks, and the comparison of what two runs of it measured."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import benchmarks.__main__ as runner
from benchmarks import compare
from benchmarks.ratios import Ratio, of_rounds, ratio

QUIET = Ratio("a thing", 2.0, 0.01, 5)
ROUNDS = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=9)


def test_a_ratio_is_the_median_of_rounds_that_took_turns() -> None:
    # A machine that is three times as slow in one round is so for both sides.
    assert ratio("r", [2.0, 6.0, 2.0], [1.0, 3.0, 1.0]) == Ratio("r", 2.0, 0.0, 3)
    assert of_rounds("r", [1.0, 2.0, 3.0]) == Ratio("r", 2.0, 0.5, 3)


@given(ROUNDS)
def test_what_is_measured_twice_alike_is_as_before(rounds: list[float]) -> None:
    found = {("run", "r"): of_rounds("r", rounds)}
    ((key, verdict),) = compare.verdicts(found, found)
    assert key == ("run", "r") and verdict.startswith("as before: ")


@given(ROUNDS, st.floats(1.01, 50))
def test_slower_one_way_is_faster_the_other(rounds: list[float], factor: float) -> None:
    one, other = of_rounds("r", rounds), of_rounds("r", [factor * cost for cost in rounds])
    key = ("run", "r")
    ((_, forth),) = compare.verdicts({key: one}, {key: other})
    ((_, back),) = compare.verdicts({key: other}, {key: one})
    words = forth.partition(":")[0], back.partition(":")[0]
    assert words in {("slower", "faster"), ("as before", "as before")}
    if factor > 1.1 + 2.2 * one.noise:
        assert words[0] == "slower"


def measured(
    monkeypatch: pytest.MonkeyPatch, found: dict[str, Callable[[], list[Ratio]]], *given: str
) -> int:
    """The exit status of the runner, with these in the place of the benchmarks."""
    modules = {f"benchmarks.bench_{name}": SimpleNamespace(ratios=r) for name, r in found.items()}
    monkeypatch.setattr(runner, "import_module", modules.__getitem__)
    monkeypatch.setattr(runner, "NAMES", tuple(found))
    return runner.main(list(given))


def test_the_runner_writes_what_compare_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = tmp_path / "before.json", tmp_path / "deep" / "after.json"

    def broken() -> list[Ratio]:
        raise SystemExit("no server")

    found = {"run": lambda: [QUIET], "jail": broken}
    assert measured(monkeypatch, found, "--out", str(before)) == 1
    told = capsys.readouterr().out
    assert "a thing" in told and "jail       not measured: no server" in told
    assert json.loads(before.read_text())["cores"] > 0
    slow = Ratio("a thing", 3.0, 0.01, 5)
    assert measured(monkeypatch, {"run": lambda: [slow]}, "run", "--out", str(after)) == 0
    assert "1 ratio in " in capsys.readouterr().out

    assert compare.main([str(before), str(before)]) == 0
    assert "as before: 2.00 -> 2.00 (+0%), noise 5%" in capsys.readouterr().out
    assert compare.main([str(before), str(after)]) == 1
    assert "slower: 2.00 -> 3.00 (+50%), noise 5%" in capsys.readouterr().out
    assert compare.main([str(after), str(before)]) == 0


def of_value(value: object) -> str:
    """A file with one ratio."""
    one = {"name": "r", "value": value, "noise": 0, "rounds": 2}
    return json.dumps({"benchmarks": {"run": [one]}})


@pytest.mark.parametrize(
    "content",
    [None, "{", "[]", '{"benchmarks": {"run": [{"name": "r"}]}}', of_value(0), of_value("2")],
)
def test_what_is_no_measurement_is_one_line(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "some.json"
    if content is not None:
        file.write_text(content)
    assert compare.main([str(file), str(file)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"python -m benchmarks.compare: {file}") and said.count("\n") == 1


def test_every_benchmark_has_its_script() -> None:
    folder = Path(runner.__file__).parent
    # That of the page needs a browser, gives no ratios and is run by itself.
    scripts = {
        file.stem.removeprefix("bench_")
        for file in folder.glob("bench_*.py")
        if "\ndef ratios(" in file.read_text("utf-8")
    }
    assert scripts == set(runner.NAMES)
