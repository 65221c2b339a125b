"""How numbers and texts are shown: in summary, page, comparisons and messages."""

import math
import re
from collections.abc import Mapping
from typing import Any


def percent(share: float) -> str:
    """A share in per cent. 100% and 0% are said of exactly 1 and 0 alone."""
    if share in (0, 1):
        return f"{share:.0%}"
    if 0.001 <= share <= 0.999:
        return f"{share:.1%}"
    return f"{min(max(share, 0.0001), 0.9999):.2%}"


def percent_range(low: float, high: float) -> str:
    """An interval of shares, in per cent."""
    return f"{percent(low)} to {percent(high)}"


def money(usd: float | None) -> str:
    """US dollars, to the cent; below ten cents to two digits that count; `-` for no price."""
    if usd is None:
        return "-"
    if usd == 0:
        return "$0"
    return f"${usd:,.{_digits(usd)}f}"


def largest_money(usd: float) -> str:
    """The same of what may be spent at most: rounded up, so that as much is enough."""
    if usd <= 0:
        return money(usd)
    unit: float = 10 ** _digits(usd)
    return money(math.ceil(round(usd * unit, 6)) / unit)  # rounded of what sums in binary add


def _digits(usd: float) -> int:
    """How many digits behind the point an amount above 0 is shown with."""
    return 2 if usd >= 0.1 else min(6, 1 - math.floor(math.log10(usd)))


def mean_with_unscored(mean: float | None, unscored: int) -> str:
    """A mean of shares, and how many of them are 0 for want of a scored program; `-` for None."""
    return "-" if mean is None else percent(mean) + (f" ({unscored} as 0)" if unscored else "")


def cost_with_unpriced(usd: float | None, unpriced: int) -> str:
    """A sum of US dollars, and how many attempts of unknown cost are not in it; `-` for None."""
    return money(usd) + (f" ({unpriced} unknown)" if usd is not None and unpriced else "")


def counted(count: int, noun: str) -> str:
    """A count and its noun: 1 point, 2 points."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def compact(count: int) -> str:
    """A count in at most five characters: 950, 12.3k, 4.6M."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        value = count / size
        if value >= 0.9995:  # less is rounded to fewer than 1000 of the unit below
            return f"{value:.0f}{unit}" if value >= 99.95 else f"{value:.1f}{unit}"
    return str(count)


def duration(seconds: float) -> str:
    """Seconds as people say them: 40 ms, 0.3 s, 42 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(iso: str) -> str:
    """A time of the results as people say it: 2026-11-30 09:46:57 UTC; another text as it is."""
    return f"{iso[:10]} {iso[11:19]} UTC" if _MOMENT.fullmatch(iso) else iso


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", re.ASCII)


def spelled(value: Any) -> str:
    """A value of run.json as people say it: the items of a list between commas."""
    return ",".join(map(spelled, value)) if isinstance(value, list | tuple) else str(value)


_C0 = frozenset(range(0x20)) - {ord("\t"), ord("\n")}
_C1 = range(0x7F, 0xA0)
_BIDIRECTIONAL = (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_LINE_ENDS = (0x2028, 0x2029)
UNPRINTABLE = (*sorted(_C0), *_C1, *_LINE_ENDS, *_BIDIRECTIONAL)
"""What moves a cursor, changes a terminal, turns the direction of writing, or ends a line."""

_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\n"
"""The characters of ASCII that stay as they are."""

_ESCAPES = {code: f"\\u{code:04x}" for code in UNPRINTABLE}


class _OneLine(dict[int, str]):
    """Escapes, as in Python's source, for all that `str.isprintable` refuses, line feeds too."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isprintable():
            return character
        return character.encode("unicode_escape").decode()


ONE_LINE = _OneLine()
"""For `printable`: the stricter escapes, for texts that have to be one line, as from the jail."""


def printable(text: str, shown: Mapping[int, str] = _ESCAPES) -> str:
    """The text, with nothing in it that does anything but be read: for all that is from outside.

    What is unprintable is replaced by what `shown` has for it: by default its escape in JSON, where
    line feeds and tabs stay. Half surrogate pairs, which may be in JSON and are no UTF-8, are
    escaped too.
    """
    if text.isascii():  # what is plain, as most texts are, is found faster
        if text.isprintable():
            return text
        # No other table has an escape for tabs and line feeds.
        if shown is not ONE_LINE and not text.encode().translate(None, delete=_PLAIN):
            return text
    readable = text.replace("\r\n", "\n").translate(shown)
    return readable.encode(errors="backslashreplace").decode()


def in_one_line(error: BaseException) -> str:
    """An exception's type and text, as one line that is printable."""
    return printable(" ".join(f"{type(error).__name__}: {error}".split()))
