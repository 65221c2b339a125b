"""The labels in an answer: what says one label is read, and what leaves a doubt is none."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.contract.labels import LONGEST_READ, read_labels

ONE = ("0110",)
THREE = ("0110", "1111", "0001")


def numbers(count: int) -> list[str]:
    """So many inputs."""
    return [f"{number:08b}" for number in range(count)]


CLEAR = [
    ("0", 0),
    (" 1\n", 1),
    ("1.", 1),
    ("**1**", 1),
    ("`0`", 0),
    ("[1]", 1),
    ("label: 1", 1),
    ("Label → 1", 1),
    ("Label: 1\nLabel: 1", 1),
    ('{"label": 0}', 0),
    ('```json\n{"label": "1"}\n```', 1),
    ('{"answer": 1, "confidence": 0.9}', 1),
    ("The answer is **0**.", 0),
    ("The predicted label for this input is `0`", 0),
    ("The label should be 1, as 01 is in it.", 1),
    ("1\n\nBecause the number of ones is odd.", 1),
    ("There are 5 ones, so the parity is odd.\n\n1", 1),
    ("$\\boxed{\\text{0}}$", 0),
    ("At first the label is 0. No. Final answer: 1", 1),
    ("<think>label: 0</think>1", 1),
    ("<think>Then the label is 0", 0),
    ("**Label:** 1", 1),
    ("**Answer**: **0**", 0),
    ("The label for the input `0110` is **1**.", 1),
    ("0110 -> 1", 1),
    ("f(0110) = 0", 0),
    ("Counting the ones of 0110 gives 2.\n\n**0**", 0),
]
IN_DOUBT: list[str | None] = [
    None,
    "",
    "I cannot say.",
    "10",
    "01",
    "-1",
    "0.0",
    "1.5",
    "true",
    "0 or 1",
    "label: 0 or 1",
    "label: 1%",
    "label is not 0",
    "answer: 0, 1",
    "answer = 1 xor 1",
    '{"label": 0, "label": 1}',
    "The output is 0\n1",
    "The label is 1 if the parity is odd, and the label is 0 otherwise.",
    "label = 1 iff the ones are odd; here are 4 of them",
    "1. Count the ones.\n2. Take the remainder.",
    "Final answer: 0. Final answer: 1.",
    "The answer:\n1. Count the ones.\n2. Take the remainder.",
    "The label for 1000 is 1.",
    "1000 -> 1",
]


@pytest.mark.parametrize(("text", "label"), CLEAR)
def test_one_label_is_read_wherever_it_is_said_clearly(text: str, label: int) -> None:
    assert read_labels(text, ONE) == (label,)


@pytest.mark.parametrize("text", IN_DOUBT)
def test_a_doubt_is_no_label(text: str | None) -> None:
    assert read_labels(text, ONE) == (None,)


SEVERAL = [
    ('{"1": 0, "2": 1, "3": 1}', (0, 1, 1)),
    ('Here you are:\n```json\n{\n  "1": 0,\n  "2": "1",\n  "3": 1\n}\n```', (0, 1, 1)),
    ("1: 0\n2: 1\n3: 1", (0, 1, 1)),
    ("1) 0\r\n2) 1\r\n3) 1\r\n", (0, 1, 1)),
    ("- **1** -> 0\n- **2** -> 1\n- **3** -> 0", (0, 1, 0)),
    ("Input 1: 0\nInput 2: 1\nInput 3: 1", (0, 1, 1)),
    ("[0, 1, 1]", (0, 1, 1)),
    ('{"labels": ["0", "1", "1"]}', (0, 1, 1)),
    ("0\n1\n1", (0, 1, 1)),
    ("<think>1: 1</think>[0, 1, 1]", (0, 1, 1)),
    ('{"1": 0, "2": 1}', (0, 1, None)),
    ('{"1": 0, "1": 1, "2": 1}', (None, 1, None)),
    ('{"1": 0, "2": 2, "3": 1}', (0, None, 1)),
    ('{"0": 0, "1": 1, "2": 1}', (None,) * 3),
    ('{"1": 0, "2": 1, "3": 1, "4": 0}', (None,) * 3),
    ("[0, 1]", (None,) * 3),
    ("[0, 1, 1, 0]", (None,) * 3),
    ("[0, 1, 2]", (None,) * 3),
    ("[0, 1, 1] or [1, 1, 1]", (None,) * 3),
    ("1: 0110 -> 0\n2: 1111 -> 1\n3: 0001 -> 1", (0, 1, 1)),
    ("0 1 1", (None,) * 3),
    ("Step 1: 0 ones", (None,) * 3),
    ("1", (None,) * 3),
]


@pytest.mark.parametrize(("text", "labels"), SEVERAL)
def test_several_labels_are_read_by_number_or_as_a_whole_list(
    text: str, labels: tuple[int | None, ...]
) -> None:
    assert read_labels(text, THREE) == labels


LABELS = st.lists(st.sampled_from((0, 1)), min_size=2, max_size=60)
FORMS: dict[str, Callable[[list[int]], str]] = {
    "object": lambda labels: json.dumps({str(i): y for i, y in enumerate(labels, 1)}),
    "indented": lambda labels: json.dumps({str(i): y for i, y in enumerate(labels, 1)}, indent=2),
    "list": json.dumps,
    "lines": lambda labels: "\n".join(f"{i}: {y}" for i, y in enumerate(labels, 1)),
    "bare": lambda labels: "\n".join(map(str, labels)),
}


@given(LABELS, st.sampled_from(sorted(FORMS)))
def test_what_was_asked_for_is_read_back(labels: list[int], form: str) -> None:
    assert read_labels(FORMS[form](labels), numbers(len(labels))) == tuple(labels)


PIECES = st.sampled_from(
    ["0", "1", "label", "Final answer", " is ", ": ", "{", '"1"', "\n", ",", "**", "</think>"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)), st.integers(1, 5))
def test_any_text_has_a_label_or_none_for_each_input(text: str, count: int) -> None:
    labels = read_labels(text, numbers(count))
    assert len(labels) == count and set(labels) <= {0, 1, None}


@given(st.lists(PIECES).map("".join), st.sampled_from((0, 1)))
def test_a_second_label_beside_the_first_leaves_none(prose: str, label: int) -> None:
    both = f"label: {label};\n{prose}\nlabel: {1 - label}"
    if "Final answer" not in both and "</think>" not in both:
        assert read_labels(both, ONE) == (None,)


@pytest.mark.parametrize(
    "piece",
    ["label the ", "label is ", "1: ", "[", "{1:", "*", " ", "0\n", '{"', "\\boxed{", ",\n"],
)
def test_no_answer_takes_long(piece: str) -> None:
    """A pattern that backtracks would take hours here."""
    text = piece * LONGEST_READ
    assert len(read_labels(text, ONE)) == 1 and len(read_labels(text, THREE)) == 3
