"""The program in an object that is JSON, or nearly."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.contract import extract
from bench.contract.mending import mended
from bench.contract.objects import unescaped, values
from tests.contract.programs import PARITY, TEMPLATE, as_fence, as_object, leniently_found, programs

OBJECT = as_object(PARITY)
PLAIN = st.text(min_size=1).filter(lambda text: text.strip() and mended(text) == text)


def as_json(text: str) -> str:
    """The text with JSON's escapes, without quotes around it."""
    return json.dumps(text)[1:-1]


@given(PLAIN)
def test_one_json_object_is_strict(code: str) -> None:
    assert extract(as_object(code)).code == code
    assert extract("  " + as_object(code) + "\n").contract == "strict"


@given(st.text("{`~\\nx #'\n\t\u3000", min_size=1).filter(str.strip))
@example("\n  x\n  n")
@example("x\\nn")
@example("```\nx\nn\n```")
def test_a_program_that_needs_a_repair_gets_it(code: str) -> None:
    assert extract(as_object(code)).code == mended(code)


@given(st.text(st.characters(exclude_categories=())))
def test_escapes_mean_what_json_says(text: str) -> None:
    for is_ascii in (True, False):
        written = json.dumps(text, ensure_ascii=is_ascii)
        assert unescaped(written[1:-1]) == json.loads(written)


@given(programs())
def test_quotes_and_line_ends_that_are_not_jsons_are_read_all_the_same(source: str) -> None:
    escaped = source.replace("\\", r"\\").replace('"', r"\"")
    triple = f'{{"code": """\n{escaped}"""}}'
    bare_ends = '{"code": "' + "\n".join(as_json(line) for line in source.split("\n")) + '"}'
    for text in (repr({"code": source}), bare_ends, triple):
        found = extract(f"The answer:\n{text}")
        assert found.code is not None
        assert (found.code.strip(), found.contract) == (source.strip(), "lenient")


@given(programs())
@example("def f(x):\n    if '\"`D\\'SJN' in x:\n        return 0\n    return len(x) % 2\n")
@example("def f(x):\n    return '\"\\'#' in x or '#' in x  # it's \\n\n")
@example("A = ',\"\"\"é\\\\\\''\n\ndef f(x):\n    return len(\"\\r'''#\")")
def test_what_was_escaped_twice_is_unescaped_twice(source: str) -> None:
    once = as_object(source)
    twice = json.dumps(once)
    value_alone = as_object(as_json(source))
    for text in (value_alone, twice, twice[1:-1], as_object(once)):
        found = extract(text)
        assert (found.code, found.contract) == (source, "lenient")


@pytest.mark.parametrize(
    "text",
    [
        f"Here: {OBJECT} I hope it helps.",
        OBJECT.replace("'", "\\'"),
        OBJECT.replace("\\n", "\n"),
        OBJECT.replace("\\n", "\r\n"),
        OBJECT[:-1] + ",}",
        OBJECT[:-1] + ", }\n",
        OBJECT[:-1],
        as_fence(OBJECT[:-1] + "\n", "json"),
        '{"why": "\\d is no escape of JSON", "code": ' + json.dumps(PARITY) + ', "n": 1,}',
        '{"code": ' + json.dumps(PARITY) + ', "why": "the "ones" count"}',
        "{'code': 'def f(x):\\n    return x.count(\\'1\\') % 2\\n'}",
        '{"code": `' + PARITY + "`}",
        as_object("def f(x):\\n    return x.count('1') % 2\\n"),
        as_object(as_fence(PARITY)),
        as_object(as_fence(PARITY)).replace("\\n", "\n"),
        as_fence(as_object(as_fence(PARITY)) + "\n", "json"),
        as_object("    def f(x):\n        return x.count('1') % 2\n"),
        json.dumps({"answer": {"code": PARITY}}),
        json.dumps([{"code": PARITY}]),
    ],
)
def test_what_can_mean_only_one_thing_is_repaired(text: str) -> None:
    assert leniently_found(text) == PARITY


@pytest.mark.parametrize(
    "text",
    [
        '{"code": "def f(x):\\n    return x.count("1") % 2"}',
        as_fence('{"code": "def f(x):\\n    return x.count("1") % 2"}\n', "json"),
        as_fence('{"code": "\ndef f(x):\n    return x.count("1") % 2\n"}\n', ""),
        '{"code": "def f(x):\\n    return ",".join(x)"}',
        '{"code": "def f(x):\\n" "    return 1"}',
        as_fence(PARITY, "json"),
        f"I shall answer {TEMPLATE}, as I was told.",
        '{"code": 3}',
        'The server said {"error": {"code": "not_found"}}.',
    ],
)
def test_what_can_mean_two_things_is_no_program(text: str) -> None:
    assert extract(text).code is None


def test_an_escape_in_a_string_is_pythons_where_the_lines_end_as_they_are() -> None:
    for source in ("def f(x):\n    return '\\n' in x\n", "def f(x):\n    return '\\\\' in x\n"):
        written = source.replace("\\\\", r"\\\\")
        assert extract('{"code": "' + written + '"}').code == source


def test_an_escape_in_a_string_of_one_line_is_pythons() -> None:
    source = r"f = lambda x: len(x.split('\n')) % 2  # not \'twice\'"
    assert extract(as_object(source)).contract == "strict"
    both_quotes = r"""f = lambda x: '"\'' in x or '\n' in x"""
    assert extract(as_object(both_quotes)).contract == "strict"
    once_and_twice = as_object(r"def f(x):  # it's\n    return '\n'.join(x)")
    assert extract(once_and_twice).code == "def f(x):  # it's\n    return '\\n'.join(x)"
    a_backslash = as_object(r"def f(x):\n    return '\\' in x")
    assert extract(a_backslash).code == "def f(x):\n    return '\\\\' in x"


@given(programs(), st.text(max_size=20))
def test_where_a_value_stands_is_told(source: str, before: str) -> None:
    text = before + as_object(source)
    value = list(values(text))[-1]
    assert text[value.start : value.end] == as_object(source)[1:-1]
