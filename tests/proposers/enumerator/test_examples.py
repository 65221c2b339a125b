"""What the enumerator reads out of a prompt: the examples, whatever a template puts around them."""

import pytest

from bench.proposers.enumerator.examples import Examples, parse

BITS = tuple((f"{i * 37 % 256:08b}", i % 2) for i in range(20))
SHOWN = "\n".join(f"{x} -> {y}" for x, y in BITS)
AROUND = {
    "nothing": "{}",
    "a fence": "Find f.\n```text\n{}\n```\nAnswer:\n```json\n{{}}\n```",
    "a fence that stays open": "```\n{}",
    "tags": "<examples>\n{}\n</examples>",
    "an example of an example": (
        "Each line is like `0101 -> 1`, for instance\n\n0101 -> 1\n\nNow yours:\n{}\nThink."
    ),
    "a legend right above": "<input> -> 1\n{}\nAnswer.",
    "twice": "{}\n\nOnce more:\n\n{}",
    "carriage returns": "Examples\r\n{}\r\n",
}


@pytest.mark.parametrize("around", AROUND)
def test_a_template_may_put_anything_around_the_examples(around: str) -> None:
    found = parse(AROUND[around].replace("{}", SHOWN))
    assert tuple(zip(found.inputs, found.labels, strict=True)) == BITS
    assert found.kind.name == "binary"


@pytest.mark.parametrize("around", ["Examples: {}", "<examples>{}</examples>", "({})", "```{}```"])
def test_words_that_run_into_the_examples_cost_no_more_than_the_lines_they_run_into(
    around: str,
) -> None:
    found = parse(around.replace("{}", SHOWN))
    assert found.kind.name == "binary"
    assert set(BITS[1:-1]) <= set(zip(found.inputs, found.labels, strict=True)) <= set(BITS)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["0110 -> 1", "1110 -> 0"], "binary"),
        (["0110 -> 1", "1139 -> 0"], "decimal"),
        (["u01v02u02v03 -> 1"], "graph"),
        (["x0:1.5,x1:c3 -> 0", "x0:-2,x1:c4 -> 1", "x0:3,x1:c3 -> 1"], "tabular"),
        (["age:39,work class:State gov -> 0"], "tabular"),
        (["abc -> 1", "0a1 -> 0", "11 -> 0"], "text"),
        ([], "text"),
    ],
)
def test_the_kind_of_the_inputs(lines: list[str], kind: str) -> None:
    found = parse("\n".join(lines))
    assert (len(found.inputs), found.kind.name) == (len(lines), kind)


def test_an_input_with_both_labels_is_two_examples_and_one_shown_twice_is_one() -> None:
    assert parse("01 -> 0\n01 -> 1\n01 -> 1") == Examples(("01", "01"), (0, 1))


def test_a_table_s_row_is_what_f_receives() -> None:
    assert parse("x0:1.5,x1:c3 -> 1").values == ({"x0": 1.5, "x1": "c3"},)
