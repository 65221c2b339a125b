"""Strings from strings, and numbers from strings: slices, strides, reverse, counts, values."""

from collections.abc import Iterator

from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import BITS, Op
from targets.kinds import BINARY, DECIMAL

_TEXT, _INT = BITS["text"], BITS["int"]

FIRST_HALF = Op(("text",), "text", _TEXT, "{0}[: len({0}) // 2]", lambda s: s[: len(s) // 2])
SECOND_HALF = Op(("text",), "text", _TEXT, "{0}[len({0}) // 2 :]", lambda s: s[len(s) // 2 :])


def productions(examples: Examples) -> Iterator[Op]:
    """The productions for inputs that are strings."""
    yield Op(("text",), "text", _TEXT, "{0}[::-1]", lambda s: s[::-1])
    yield FIRST_HALF
    yield SECOND_HALF
    yield Op(("text",), "text", _TEXT, "{0}[::2]", lambda s: s[::2])
    yield Op(("text",), "text", _TEXT, "{0}[1::2]", lambda s: s[1::2])
    yield Op(("text", "constant"), "text", _TEXT, "{0}[{1}:]", _without_first)
    yield Op(("text", "constant"), "text", _TEXT, "{0}[:-{1}]", _without_last)
    yield Op(("text", "constant"), "text", _TEXT, "{0}[::{1}]", _every)
    yield Op(("text",), "int", _INT, "len({0})", len)
    for symbols in _counted(examples):
        quoted = repr(symbols).replace("{", "{{").replace("}", "}}")
        bits, source = _INT + len(symbols), f"{{0}}.count({quoted})"
        yield Op(("text",), "int", bits, source, lambda s, t=symbols: s.count(t))
    if examples.kind is DECIMAL:
        yield Op(("text",), "int", _INT, "sum(map(int, {0}))", lambda s: sum(map(int, s)))
    if examples.kind in (BINARY, DECIMAL):
        yield value_of(examples)


def _without_first(s: str, k: int) -> str | None:
    return s[k:] if k < len(s) else None


def _without_last(s: str, k: int) -> str | None:
    return s[:-k] if k < len(s) else None


def _every(s: str, k: int) -> str | None:
    """Every k-th character; every second one is a production of its own."""
    return s[::k] if 2 < k < len(s) else None


def value_of(examples: Examples) -> Op:
    """The integer that a string of digits spells: in base 2 for bits, else in base 10."""
    if examples.kind is BINARY:
        return Op(("text",), "int", _INT, "int({0}, 2)", lambda s: int(s, 2))
    return Op(("text",), "int", _INT, "int({0})", int)


def _counted(examples: Examples) -> Iterator[str]:
    """What is worth counting: single symbols, and pairs of them where there are only two."""
    if len(examples.symbols) <= 16:
        # Reversed, so that of two programs of one cost the one that counts 1s comes first.
        yield from reversed(examples.symbols)
    if len(examples.symbols) <= 2:
        yield from (a + b for a in examples.symbols for b in examples.symbols)
