"""Which of several programs is the candidate, and which text is an answer at all."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.contract import extract
from tests.contract.programs import (
    DRAFT,
    PARITY,
    TEMPLATE,
    as_fence,
    as_object,
    leniently_found,
    programs,
)

OBJECT, FENCE = as_object(PARITY), as_fence(PARITY)
AN_OBJECT, A_FENCE = as_object(DRAFT), as_fence(DRAFT)
ANALYSIS, FINAL = "<|channel|>analysis<|message|>", "<|channel|>final<|message|>"
NAMED = as_fence(PARITY.replace("f(x)", "parity(x)"))


@pytest.mark.parametrize(
    "text",
    [
        f"<think>It must be {AN_OBJECT}</think>\n{FENCE}",
        f"<thinking>{A_FENCE}</thinking>{OBJECT}",
        f"<reasoning>\n{AN_OBJECT}\n</reasoning>\n\n{PARITY}",
        f"Well, {AN_OBJECT} fits.\n</think>\n\n{OBJECT}",
        f"<think>{AN_OBJECT}</think> {AN_OBJECT} <think>No.</think> {OBJECT}",
        f"{ANALYSIS}{AN_OBJECT}<|end|><|start|>assistant{FINAL}{OBJECT}<|return|>",
        f"{ANALYSIS}{A_FENCE}<|end|><|channel|>final <|constrain|>json<|message|>{OBJECT}",
        f"{ANALYSIS}No.<|end|><|start|>assistant{FINAL}{PARITY}<|return|>",
        f"analysisWe need {AN_OBJECT}assistantfinal{OBJECT}",
        f"<|channel>thought\n{AN_OBJECT}<channel|>{OBJECT}",
        f"[THINK]{AN_OBJECT}[/THINK]{OBJECT}",
        f"<THINKING>{AN_OBJECT}</Thinking >{OBJECT}",
        f"◁think▷{AN_OBJECT}◁/think▷{OBJECT}",
        f"<seed:think>{AN_OBJECT}</seed:think>{OBJECT}",
        f"{OBJECT}\n<think>Let me check: {AN_OBJECT}",
        f"<think>\nIt is {FENCE}",
    ],
)
def test_thinking_is_not_the_answer(text: str) -> None:
    assert leniently_found(text) == PARITY


def test_closed_thinking_with_nothing_behind_it_is_no_answer() -> None:
    assert extract(f"<think>{OBJECT}</think>\n").code is None
    assert extract(f"<think>{OBJECT}</think>\nI could not find the rule.").code is None


@pytest.mark.parametrize(
    "text",
    [
        f"{A_FENCE}\nFinal: {OBJECT}",
        f"{AN_OBJECT}\nWait, better:\n{FENCE}",
        f"{AN_OBJECT}\nBetter:\n{OBJECT}",
        f"{A_FENCE}\nBetter:\n\n{PARITY}",
        f'{FENCE}\nTests:\n```python\nassert f("1") == 1\nprint(f("0"))\n```',
        f'{OBJECT}\n```python\ndef test_f():\n    assert f("1") == 1\n\n\ntest_f()\n```',
        f"{FENCE}\n```python\ndef slow(x):\n    return sum(map(int, x)) % 2\n```",
        f'{FENCE}\n```python\nf = lambda_of = None\n```\n```\nf("01") -> 1\n```',
        f"{FENCE}\nThe format was {TEMPLATE}.",
        f"{FENCE}\n```python\ndef f(x):\n    # the rule\n    ...\n```",
        f'{FENCE}\n```python\ndef f(x: str) -> int:\n    """The label."""\n    pass\n```',
        f'{OBJECT}\nThe format is {{"code": "..."}} or {{"code": "<python function>"}}.',
    ],
)
def test_the_last_that_defines_f_is_the_candidate(text: str) -> None:
    assert leniently_found(text) == PARITY


@pytest.mark.parametrize(
    "after",
    [
        "```python\ndef test(x):\n    assert parity(x) == 1\n```",
        "```python\ncheck = lambda x, y: parity(x) == y\ncheck('1', 1)\n```",
        "```python\nprint(parity('01'))\n```",
        as_object("def g(x):\n    ..."),
    ],
)
def test_where_none_defines_f_what_calls_another_is_not_the_candidate(after: str) -> None:
    assert extract(f"{NAMED}\n{after}").code == PARITY.replace("f(x)", "parity(x)")


def test_where_none_defines_f_the_last_function_is_the_candidate() -> None:
    draft = as_fence("def rule(x):\n    return 0\n")
    assert extract(f"{draft}\n{NAMED}").code == PARITY.replace("f(x)", "parity(x)")


def test_what_a_model_thought_is_never_strict() -> None:
    assert extract(OBJECT, is_thinking=True) == extract(f"So: {OBJECT}")
    assert extract(OBJECT).contract == "strict"
    assert extract(as_object(as_fence(PARITY))).contract == "lenient"


@given(st.text())
def test_no_text_raises(text: str) -> None:
    found = extract(text)
    assert (found.code is None) == (found.contract is None)


def squeezed(text: str) -> str:
    """The text without what an escape may consist of or stand for."""
    return re.sub(r"[\\nf\s]", "", text)


MARKS = ("```", "~~~", "{", "}", "'", '"', '"""', "\\", ":", ",", "<think>", "</think>", FINAL)
WORDS = ('"code"', "'code'", "\\n", "\n", "def f(x):", "    return 1", "f = lambda x: 1", "...")


@settings(max_examples=500)
@given(st.lists(st.sampled_from(MARKS + WORDS), max_size=40).map("".join))
def test_no_mixture_of_marks_raises_and_each_program_is_a_part_of_the_answer(text: str) -> None:
    found = extract(text)
    if found.code is not None:
        assert squeezed(found.code) in squeezed(text)


@given(st.text(), programs(), st.sampled_from([as_object, as_fence, str]))
def test_nothing_in_closed_thinking_changes_the_candidate(
    thought: str,
    source: str,
    form: Callable[[str], str],
) -> None:
    drafts = f"{thought}\n{AN_OBJECT}\n{A_FENCE}\n{DRAFT}"
    assert extract(f"<think>{drafts}</think>\n{form(source)}").code == source
