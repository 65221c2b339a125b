"""Programs between fences, and bare ones."""

from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.contract import extract
from bench.contract.blocks import BLANK, bare, fenced
from tests.contract.programs import DRAFT, PARITY, as_fence, as_object, leniently_found, programs


@pytest.mark.parametrize(
    "text",
    [
        as_fence(PARITY),
        as_fence(as_object(PARITY) + "\n", "json"),
        as_fence(as_object(PARITY) + "\n", ""),
        f"```python\r\n{PARITY}```\r\n".replace("\n", "\r\n").replace("\r\r", "\r"),
        f"Here:\n``` python title='a.py'\n{PARITY}\n```",
        f"Here: ```python\n{PARITY}```",
        f"```python\n{PARITY.rstrip()}```",
        f"~~~python\n{PARITY}~~~\nI hope it helps.",
        f"1. The rule:\n{indent(as_fence(PARITY), '   ')}\n2. Done.",
        f"````markdown\n```python\n{DRAFT}```\n````\n{as_fence(PARITY)}",
        f"Use ``` or ```` as you like.\n{as_fence(PARITY)}",
        f"Here:\n```python\n{PARITY}",
        PARITY,
        f"from the examples I see that\n{PARITY}\nThis function returns 1 for all inputs.",
        f"Note: the rule is parity\n{PARITY}\nthis function counts the ones",
        f"{PARITY}\nExplanation:\nIt counts the ones.",
        f"{PARITY}\nf(x) counts the ones.",
        f"<answer>\n{PARITY}</answer>",
        f"- {DRAFT}\n- or\n\n{PARITY}\n* It counts.",
        f"{DRAFT}\nWait, that is wrong. So:\n\n{PARITY}",
        f"{PARITY}<|im_end|>",
    ],
)
def test_a_program_is_found_where_it_begins_and_ends(text: str) -> None:
    assert leniently_found(text) == PARITY


@given(programs(), st.sampled_from(["```", "~~~python", "````Python 3"]))
@settings(max_examples=40)
def test_what_stands_between_fences_is_taken_as_it_stands(source: str, fence: str) -> None:
    if "```" not in source and "~~~" not in source:
        end = fence.partition("ython")[0].rstrip("pP")
        assert extract(f"Here:\n\n{fence}\n{source}{end}\nDone.").code == source


@given(programs())
def test_a_bare_program_is_taken_whole(source: str) -> None:
    assert extract(source).code == source
    assert extract(f"{source}\nThis is the function that you asked for.").code == source


def test_a_lambda_without_a_name_is_a_program_where_there_is_no_other() -> None:
    assert extract(as_fence("lambda x: x.count('1') % 2\n")).code == "lambda x: x.count('1') % 2\n"
    assert (
        extract(f"{as_fence('lambda x: 0')}\n{as_fence(PARITY)}\n{as_fence('lambda x: 0')}").code
        == PARITY
    )


def test_an_assignment_is_no_prose() -> None:
    source = f"{PARITY}\nN, M = 3, 4\n"
    assert extract(source).code == source


@given(st.text(st.sampled_from("`~ \n\tadef(x):")))
def test_what_is_blanked_out_keeps_its_place(text: str) -> None:
    blocks, outside = fenced(text)
    assert len(outside) == len(text)
    assert all(a in (b, BLANK) for a, b in zip(outside, text, strict=True))
    assert all(text[block.start] in "`~" for block in blocks)
    assert all(text.startswith(block.source.rstrip("\n"), block.start) for block in bare(text))
