"""A program that a model wrapped once too often, without the wrapping."""

from textwrap import dedent

_LONGEST_LINE = 100_000
"""Characters. A longer line is not tried as a program that was escaped twice."""


def mended(source: str) -> str:
    """The program without a wrapping that can mean only one thing; else the source as it is.

    What is undone: an object or a fence around it, a second escaping, an indent of every line. What
    few programs need is imported for those alone: its patterns take a moment to compile.
    """
    start = source.lstrip()[:1]
    if start == "{":
        source = _in_object(source)
    elif start in ("`", "~"):
        source = _in_fence(source)
    is_line = len(source) <= _LONGEST_LINE and "\n" not in source.strip()
    if is_line and "\\" in source:
        from bench.contract.escaping import escaped_once

        source = escaped_once(source)
    indent = source[: len(source) - len(source.lstrip())].rpartition("\n")[2]
    return dedent(source) if indent else source


def _in_object(source: str) -> str:
    from bench.contract import objects

    inner = list(objects.values(source))
    return inner[-1].code if inner else source


def _in_fence(source: str) -> str:
    from bench.contract import blocks

    fenced = blocks.fenced(source)[0]
    return fenced[-1].source if fenced else source
