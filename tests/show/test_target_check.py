"""`python -m bench.targets check`: what is said of good targets and of bad ones."""

import random
from functools import partial
from pathlib import Path

import pytest
import structlog

from bench.show import ask_targets
from targets import Rule, Words, admit, from_label
from targets.bit_stream import random_bits
from tests.runs.test_outsiders import block
from tests.support.session import python


def leading_one(x: str) -> int:
    return int(x[0])


def but_for_a_few(x: str) -> int:
    """The first bit counts, but where eight ones follow it."""
    return int((x[0] == "1") != x[1:].startswith("11111111"))


def by_chance(label: int, length: int, _words: Words) -> str:
    return f"{label}{random.getrandbits(length - 1):0{length - 1}b}"


def wrong(label: int, length: int, words: Words) -> str:
    return f"{1 - label}{random_bits(length - 1, words)}"


def check(capsys: pytest.CaptureFixture[str], target: Rule, *more: str) -> tuple[int, list[str]]:
    structlog.reset_defaults()  # a test before this one may have set where events go
    plugin_targets = (admit(target, "mine", ()),)
    arguments = ["check", target.name, "--lengths", "20", "--rows", "400", *more]
    status = ask_targets.main(arguments, ask_targets.PROG, lambda _: plugin_targets)
    return status, capsys.readouterr().out.splitlines()


def test_a_rule_that_a_shortcut_is_and_others_that_fit(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = check(capsys, from_label(leading_one, sample=by_chance))
    assert status == 1 and told[0] == "leading_one-L20"
    assert told[1].startswith(
        "  sound       balanced, each input once, but others when drawn again"
    )
    assert told[3] == "  shortcut    100.0% by the symbol at position 0"
    assert told[4].startswith("  identified  by a program of ")
    assert told[4].endswith(" bits, right on each of 400 test inputs")
    assert told[5:] == [
        "Not good at length 20: all that is random has to come from `words`.",
        "Not good at length 20: a cheap shortcut comes to 100.0%.",
    ]


def test_a_rule_that_200_examples_do_not_tell(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = check(capsys, from_label(but_for_a_few), "--seed", "3")
    assert status == 1
    assert told[4].startswith("  identified  no: a program of ")
    assert told[-1] == "Not good at length 20: a program that is not the rule fits 200 examples."


def test_a_target_that_draws_no_sound_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = check(capsys, from_label(leading_one, sample=wrong))
    assert status == 1 and told[1].startswith(
        "  not sound   the plugin mine: target 'leading_one': "
    )
    assert told[2:] == ["Not good at length 20: it has no sound dataset."]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["majorit"], "no target is called 'majorit'"),
        (["chess"], "chess is the label column of a table, and no rule"),
        (["fn_f", "--lengths", "9"], "--lengths: parity_rand_10 needs a length of at least 10"),
    ],
)
def test_what_cannot_be_checked_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert ask_targets.main(["check", *arguments], "check", lambda _: ()) == 2
    assert capsys.readouterr().err.startswith(f"check: {says}")


def test_it_finds_the_plugins_of_the_folder_and_those_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(block("def more_ones_in_front"))
    (tmp_path / "theirs.py").write_text(block("def few_or_many"))
    run = partial(python, "bench.targets", "check", folder=tmp_path, PYTHONPATH=str(tmp_path))
    done = run("more_ones_in_front", "--lengths", "20", "-p", "theirs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "Nothing speaks against it."
    unknown = run("more_ones_in_fron", "-p", "theirs")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("python -m bench.targets: no target is called")
    assert "nearest: more_ones_in_front" in unknown.stderr
