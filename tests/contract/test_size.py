"""No answer takes long: each of these held a reader that starts over for minutes."""

import pytest

from bench.contract import extract
from tests.contract.programs import PARITY, as_object
from tests.support.limits import cpu_time

SIZE = 1_000_000

ENDLESS = {
    "backquotes and quotes": '`"`"',
    "backquotes and tildes": "`~",
    "backquotes": "`",
    "fences in a line": "``` ",
    "fences": "```\n",
    "fences in fences": "```\n~~~\n",
    "fenced functions": "```\ndef g(x): g(1)\n```\n",
    "objects": '{"',
    "nested objects": '{"a":',
    "nested lists": "[",
    "openings of a value": '{"code": "',
    "openings in Python's quotes": "{'code': '",
    "openings in triple quotes": '{"code": """',
    "values": '{"code": "x"}',
    "keys that are escaped": '\\"code\\"',
    "backslashes": "\\",
    "half pairs": "\ud83d",
    "lines": "\n",
    "blanks": " ",
    "blank lines of blanks": " \n",
    "headers": "def f(x):\n",
    "open headers": "def f( ",
    "bare functions": "def h(x): h (1)\nA b c\n",
    "imports": "import a,",
    "names": "a b ",
    "colons": "a:",
    "assignments": "f = ",
    "lambdas": "lambda ",
    "thinking": "<think>",
    "thought": "</think>",
    "channels": "<|channel|>final",
    "channels and blanks": "<|channel|> ",
    "names of characters": '"\\N{',
    "triple quotes": "'''",
}

WRAPPED = {
    "a value of escapes": ('{"code": "', "\\n", '"}'),
    "a value of escaped escapes": ('{"code": "', "\\\\n'", '"}'),
    "a block of blanks": ("```\n", " \t", "x\n```"),
    "a block of blank lines": ("```\n", " \n", "x\n```"),
    "a block of colons": ("```\ndef a:", ":", "\n```"),
    "a block of lambdas": ("```\n", "lambda ", "\n```"),
    "a line of lambdas": ("def f(x): ", "g(1)lambda = ", "\n"),
    "a block of calls": ("```\ndef g(x):\n", "a ", "\n```"),
    "a comment": ("def f(x):\n", "#", "\n"),
    "a list of lists": ('{"code":[', "[],", "[]]}"),
    "nested objects before a value": ('{"a":' * 200, " ", as_object(PARITY * 1000)),
}


@pytest.mark.parametrize("part", ENDLESS.values(), ids=ENDLESS.keys())
def test_no_repetition_takes_long(part: str) -> None:
    with cpu_time():
        extract(part * (SIZE // len(part)))


@pytest.mark.parametrize(("before", "part", "after"), WRAPPED.values(), ids=WRAPPED.keys())
def test_no_repetition_in_a_wrapping_takes_long(before: str, part: str, after: str) -> None:
    for size in (SIZE, SIZE // 5):
        repeated = part * ((size - len(before + after)) // len(part))
        with cpu_time():
            extract(before + repeated + after)


def test_a_program_at_the_end_of_a_long_answer_is_found() -> None:
    prose = "The rule is not the majority. " * 400_000
    assert extract(prose + as_object(PARITY)).code == PARITY
    assert extract(f"<think>{prose}</think>{as_object(PARITY)}").code == PARITY


@pytest.mark.parametrize("text", [None, "", "prose " * 200_000, '{"' * 300_000])
def test_what_holds_no_program_is_none_whatever_its_size(text: str | None) -> None:
    assert extract(text).code is None
