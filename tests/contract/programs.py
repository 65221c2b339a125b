"""Programs and answers that the tests of the contract have in common."""

import json

from hypothesis import strategies as st

from bench.contract import extract

PARITY = "def f(x):\n    return x.count('1') % 2\n"
DRAFT = "def f(x):\n    return 0\n"


def as_object(source: str) -> str:
    return json.dumps({"code": source})


def as_fence(source: str, language: str = "python") -> str:
    return f"```{language}\n{source}```"


def leniently_found(text: str) -> str:
    """The program that a lenient reading finds in an answer, ended by one line feed."""
    found = extract(text)
    assert found.code is not None and found.contract == "lenient"
    return found.code.rstrip() + "\n"


TEMPLATE = as_object("def f(x):\n    ...")

_NAMES = st.from_regex(r"[a-e]{1,3}", fullmatch=True)
_STRINGS = st.one_of(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=20),
    st.text("'\"\\#\nn", max_size=9),
)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program that defines `f`, with any characters in strings, helpers before, prints behind."""
    constant = f"{draw(_NAMES).upper()} = {draw(_STRINGS)!r}\n\n\n"
    helper = f"def {draw(_NAMES)}_(y):\n    return {draw(_STRINGS)!r} + y\n\n\n"
    condition = f"    # {draw(_NAMES)}\n    if {draw(_STRINGS)!r} in x:\n        return 0\n"
    body = f"def f(x):\n{condition}    return len(x) % 2\n"
    before = draw(st.sampled_from(["", constant, helper, "import math\n\n\n" + helper]))
    return before + body + draw(st.sampled_from(["", "\n\nprint(f('01'))\n"]))
