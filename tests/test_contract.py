import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.contract import extract

SOURCE = "def f(x):\n    return 1\n"


@given(st.text(min_size=1).filter(str.strip))
def test_one_json_object_is_strict(code: str) -> None:
    assert extract(json.dumps({"code": code})).code == code
    assert extract("  " + json.dumps({"code": code}) + "\n").contract == "strict"


@pytest.mark.parametrize(
    "text",
    [
        "Here: " + json.dumps({"code": SOURCE}) + " I hope it helps.",
        json.dumps({"code": "def f(x): return 0"}) + "\nBetter:\n" + json.dumps({"code": SOURCE}),
        f"```python\n{SOURCE}```",
        f"```json\n{json.dumps({'code': SOURCE})}\n```",
        SOURCE,
        f"```python\r\n{SOURCE}```\r\n".replace("\n", "\r\n").replace("\r\r", "\r"),
        f"Here:\n``` python title='a.py'\n{SOURCE}\n```",
        f"~~~python\n{SOURCE}~~~\nI hope it helps.",
        json.dumps({"code": SOURCE}).replace("\\n", "\n"),
        "1. The rule:\n   ```python\n   def f(x):\n       return 1\n   ```\n2. Done.",
        f"from the examples I see that\n{SOURCE}\nThis function returns 1 for all inputs.",
    ],
)
def test_what_is_near_the_contract_is_lenient(text: str) -> None:
    found = extract(text)
    assert found.code is not None
    assert (found.code.rstrip() + "\n", found.contract) == (SOURCE, "lenient")


def test_an_assignment_is_no_prose() -> None:
    source = f"{SOURCE}\nN, M = 3, 4\n"
    assert extract(source).code == source


@given(st.text())
def test_no_text_raises(text: str) -> None:
    found = extract(text)
    assert (found.code is None) == (found.contract is None)


@pytest.mark.parametrize(
    "text", [None, "", "prose " * 200_000, '{"' * 300_000, "[" * 500_000, "```\n~~~\n" * 100_000, '{"code": 3}']
)
def test_what_holds_no_program_is_none_whatever_its_size(text: str | None) -> None:
    assert extract(text).code is None
