"""`python -m bench.targets audit`."""

import runpy
import sys

import pytest

from bench.show import ask_targets, audit


def ask(arguments: list[str]) -> int:
    return ask_targets.main(arguments, ask_targets.PROG, lambda _: ())


@pytest.fixture(autouse=True)
def without_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "has_learners", lambda: False)


def test_a_row_for_each_target_length_and_mode(capsys: pytest.CaptureFixture[str]) -> None:
    few = ("--lengths", "20", "--rows", "200")
    assert ask(["audit", "--functions", "fn_a,palindrome,pattern:len=6", *few]) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:5] == ["target", "length", "negatives", "score", "best"]
    assert [row.split()[:3] for row in rows] == [
        ["parity_all", "20", "paper"],
        ["palindrome", "20", "paper"],
        ["palindrome", "20", "hard"],
        ["pattern-len6", "20", "paper"],
        ["pattern-len6", "20", "hard"],
    ]
    assert "modulo" not in rows[0], "the rule itself is no shortcut"


def test_markdown_and_no_learners(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = ("--lengths", "20", "--rows", "200", "--negatives", "hard")
    monkeypatch.setattr(sys, "argv", ["", "audit", "--functions", "fn_a,dyck2", *few, "--markdown"])
    monkeypatch.delitem(sys.modules, "bench.targets", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("bench.targets", run_name="__main__")
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[2].startswith("| dyck2 | 20 | hard | ")
    assert said.out.splitlines()[2].endswith(" | - | - |")
    assert said.err == (
        "python -m bench.targets: scikit-learn is not installed, so no learners are fitted\n"
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--functions", "parity_rand"], "--functions: parity_rand needs k: it takes k from 1 to"),
        (["--functions", "dyck2", "--lengths", "50"], "nothing fits these targets and lengths"),
        (
            ["--functions", "palindrome", "--lengths", "10"],
            "palindrome-L10 is left out: palindrome",
        ),
    ],
)
def test_what_cannot_be_audited_is_one_line(
    capsys: pytest.CaptureFixture[str], given: list[str], says: str
) -> None:
    assert ask(["audit", *given]) == 2
    assert says in capsys.readouterr().err


def test_a_wrong_option_says_what_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ask(["audit", "--rows", "3"])
    assert "--rows: '3' is not allowed; give an even number" in capsys.readouterr().err
