"""The command `llm-pv`: what it lists, and that each of its commands says what it is."""

import pytest

from bench import __version__
from bench.__main__ import COMMANDS, main


def test_it_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == main([]) == 0
    told = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[:2] == "  "]
    assert told == ["run", *COMMANDS] * 2
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"llm-pv {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_goes_by_its_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: llm-pv {name} ")
    with pytest.raises(SystemExit) as ended:
        main([name, "--no-such-option"])
    assert ended.value.code == 2
    assert f"llm-pv {name}: error: " in capsys.readouterr().err.splitlines()[-1]


def test_an_unknown_command_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compar", "a", "b"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("llm-pv: there is no command 'compar'; give one of run, compare,")
    assert told.count("\n") == 1


def test_a_command_gives_its_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "/nowhere"]) == 2
    assert capsys.readouterr().err.startswith("llm-pv runs: /nowhere/runs holds no runs")
