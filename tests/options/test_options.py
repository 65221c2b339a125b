"""What options take, what `--help` and docs/options.md say of them, and the words of a refusal."""

import re
from pathlib import Path

import pytest

from bench.options.model_names import ENUMERATOR
from bench.options.resolve import Option, assemble, by_name, options, resolve
from bench.options.settings import Settings, SettingsError

PAGE = Path(__file__).parents[2] / "docs" / "options.md"
HEAD = ["| option | default | meaning | allowed |", "| --- | --- | --- | --- |"]


def row(option: Option) -> str:
    """An option as a row of the table in docs/options.md; an axis has a star."""
    name = f"`{option.flag}`{' *' if option.is_axis else ''}"
    allowed = "" if option.kind.is_plain else option.kind.allowed
    return f"| {name} | {option.shown_default} | {option.meaning} | {allowed} |"


def table(text: str) -> list[str]:
    """The table of options of docs/options.md."""
    start = text.index(HEAD[0])
    return text[start : text.index("\n\n", start)].split("\n")


def test_the_page_has_every_option_as_it_is() -> None:
    assert table(PAGE.read_text("utf-8")) == [*HEAD, *map(row, options())]


def test_help_names_defaults_allowed_values_and_the_enumerator() -> None:
    helps = {option.flag: option.help for option in options()}
    assert ENUMERATOR in helps["--model"]
    assert helps["--negatives"].endswith("; one of paper, hard; default: paper")
    assert (
        helps["--attempts"] == "attempts per search; a whole number from 1 to 100,000; default: 5"
    )
    assert helps["--lengths"].endswith("from 1 to 2,000; default: each target's own")
    assert helps["--request-timeout"].endswith("; default: 1200")
    for option in options():
        assert option.is_flag or f"default: {option.shown_default}" in option.help
        assert option.kind.is_plain or option.kind.allowed in option.help


def test_what_is_given_as_its_default_is_the_default() -> None:
    given = {
        option.name: option.shown_default
        for option in options()
        if not option.is_flag and option.default not in (None, ())
    }
    assert resolve(given, {}, Path("/r"), Path("/r")) == resolve({}, {}, Path("/r"))


def test_every_option_is_in_one_record_alone_and_can_be_given_by_its_name() -> None:
    names = [option.name for option in options()]
    assert len(set(names)) == len(names)
    assert list(by_name(assemble())) == names
    assert by_name(assemble(seed=7, yes=True)) == by_name(assemble()) | {"seed": 7, "yes": True}
    with pytest.raises(TypeError, match="no option is called sead"):
        assemble(sead=7)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (
            "lengths",
            "20,100000",
            "--lengths: '100000' is not allowed; give a whole number from 1 to 2,000",
        ),
        ("lengths", "9" * 5000, f"'{'9' * 50}…{'9' * 49}' is not allowed; give a whole"),
        ("trials", "1" + "0" * 9, "give a whole number from 1 to 100,000"),
        ("test_size", "1" + "0" * 9, "give an even number from 2 to 10,000,000"),
        ("prompt_template", "x" * 300, "is not allowed; give a file that exists"),
        ("lengths", "twenty", "give a whole number from 1 to 2,000"),
        ("lengths", ",", "give a comma-separated list that is not empty, each a whole number"),
        ("generalize", "0", "give a whole number from 1 to 10,000"),
        ("negatives", "harder", "give one of paper, hard"),
        ("reasoning_effort", "low,huge", "give one of none, minimal, low"),
        ("max_cost", "-1", "give a finite number from 0 up"),
        ("eval_timeout", "nan", "give a finite number above 0, up to 10,000,000"),
        ("train_size", "7", "give an even number from 2 to 10,000,000"),
        ("model", " ", "give a comma-separated list that is not empty"),
        ("ledger", " ", "give a path"),
        ("ledger", "~no_such_user/answers.sqlite", "give a path"),
        ("prompt_template", "~no_such_user/prompt.txt", "give"),
        ("api_key_file", "/nowhere", "give a file that exists"),
        ("base_url", "localhost", "give a URL that begins with http:// or https://"),
        ("base_url", "http://127.0.0.1:99999", "is not allowed; give a URL that begins with http"),
        ("base_url", "http://[::1", "--base-url: 'http://[::1' is not allowed; give a URL"),
        ("base_url", "http://me:pw@127.0.0.1/v1", "give a URL without user and password"),
        ("yes", "perhaps", "give true or false"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)):
        resolve({name: value}, {}, Path("/r"))


WRONG = ("", " ", "\x1b[31m", "a\nb", "-1", "1e400", "nan", "\u0663", "x" * 5000)


@pytest.mark.parametrize("option", list(options()), ids=lambda option: option.flag)
def test_any_wrong_value_is_told_in_one_line_that_can_be_read(option: Option) -> None:
    said = []
    for text in WRONG:
        try:
            resolve({option.name: text}, {}, Path("/r"))
        except SettingsError as refused:
            said.append(str(refused))
    assert len(said) >= 2  # any text may be a name, but for an empty one
    for line in said:
        assert re.match(rf"{option.flag}: '.*' is not allowed; give ", line)
        assert line.isprintable() and len(line) < 300, line


def test_lists_keep_their_order_and_fold_what_comes_twice() -> None:
    settings: Settings = resolve({"model": "b, a,b", "lengths": "30,20"}, {}, Path("/r"))
    assert (settings.question.model, settings.grid.lengths) == (("b", "a"), (30, 20))


if __name__ == "__main__":  # the table of docs/options.md anew
    content = PAGE.read_text("utf-8")
    old = "\n".join(table(content))
    PAGE.write_text(content.replace(old, "\n".join([*HEAD, *map(row, options())])), "utf-8")


@pytest.mark.parametrize("tools", ["none", "python", "code_interpreter,none"])
def test_the_older_name_of_the_code_interpreter_contradicts_other_tools(tools: str) -> None:
    with pytest.raises(SettingsError, match="it means --tools code_interpreter"):
        resolve({"enable_code_interpreter": True, "tools": tools}, {}, Path())


def test_the_older_name_of_the_code_interpreter_means_the_tool() -> None:
    for given in ({}, {"tools": "code_interpreter"}):
        settings = resolve({"enable_code_interpreter": True, **given}, {}, Path())
        assert settings.question.tools == ("code_interpreter",)
