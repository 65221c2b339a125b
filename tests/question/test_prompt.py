"""The text that a proposer reads."""

from pathlib import Path

import pytest

from bench.question.dataset import Split
from bench.question.prompt import BUILT_IN, TemplateError, load, render
from targets import kinds

TRAIN = Split(("0110", "1000"), (0, 1))


def test_the_built_in_prompt_shows_every_example_and_the_contract() -> None:
    prompt = render(BUILT_IN, TRAIN, kinds.BINARY, 4)
    assert "```\n0110 -> 0\n1000 -> 1\n```" in prompt.text
    assert "a string of 4 bits" in prompt.text
    assert '{"code": "def f(x):\\n    ..."}' in prompt.text
    assert (BUILT_IN.name, prompt.version) == ("built-in", BUILT_IN.version)


def test_a_named_table_says_what_it_holds() -> None:
    assert "with 2 features (pulsars)" in render(BUILT_IN, TRAIN, kinds.TABULAR, 2, "pulsars").text
    assert "with 2 features;" in render(BUILT_IN, TRAIN, kinds.TABULAR, 2).text


def test_a_template_is_filled_and_named_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("{train_size} of {length}: {{x}}\n{examples}")
    template = load(path)
    assert template.name == "short"
    assert render(template, TRAIN, kinds.BINARY, 4).text == "2 of 4: {x}\n0110 -> 0\n1000 -> 1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing", "{examples} is missing"),
        ("{examples} {label}", "unknown placeholder 'label'"),
        ("{", "Single"),
        ("{examples:d}", "nothing more"),
        ("{examples!x}", "nothing more"),
        ("{examples}{length:{foo}}", "nothing more"),
    ],
)
def test_a_wrong_template_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text(text)
    with pytest.raises(TemplateError) as caught:
        load(path)
    assert says in str(caught.value).replace("Expected '}' before end of string", "Single")
    assert "\n" not in str(caught.value)
