"""Strings of bits as inputs: simpler with fewer ones; with equally many, the smaller number."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations

from targets.bit_stream import Words, flipped, random_bits
from targets.forms import special
from targets.forms.form import Form


def _bits(length: int, words: Words) -> Iterator[str]:
    while True:
        yield random_bits(length, words)


def _flipped_somewhere(x: str, words: Words) -> str:
    return flipped(x, special.place(len(x), words))


def _few_or_many_ones(length: int, _words: Words) -> Iterator[str]:
    """Strings with few ones and with few zeros: all zeros, all ones, one 1, one 0, and so on."""
    for x in _rising_bits(length):
        yield x
        yield x.translate(str.maketrans("01", "10"))


def _ones(x: str) -> tuple[int, str]:
    return x.count("1"), x


def _rising_bits(length: int) -> Iterator[str]:
    for ones in range(length + 1):
        value = (1 << ones) - 1
        while value < 1 << length:
            yield f"{value:0{length}b}"
            if not value:
                break
            lowest = value & -value  # Gosper's hack: the next number with as many ones
            carried = value + lowest
            value = carried | ((value ^ carried) >> 2) // lowest


def _steps_of_bits(x: str) -> Iterator[str]:
    """Strings with a half, a quarter, ... of the ones left out, or with ones moved to the right."""
    ones = [i for i, symbol in enumerate(x) if symbol == "1"]
    share = len(ones)
    while share:
        for at in range(0, len(ones), share):
            yield _without_ones(x, ones[at : at + share])
        share //= 2
    zeros = [i for i, symbol in enumerate(x) if symbol == "0"]
    tail = len(x) - 1 - max(ones, default=0)
    yield from ("0" * by + x[: len(x) - by] for by in range(tail, 0, -1))
    yield from _sorted_parts(x)
    yield from (_without_ones(x, pair) for pair in combinations(ones, 2))
    for i in ones:
        for j in zeros[::-1]:
            if j > i:
                yield x[:i] + "0" + x[i + 1 : j] + "1" + x[j + 1 :]


def _sorted_parts(x: str) -> Iterator[str]:
    """The beginning, the end, or all but a last part sorted, by bits or by pairs of bits."""
    for width in (1, 2):
        whole = _sorted(x, width)
        for at in range(width, len(x), width):
            yield whole[: at - width] + whole[at:] + whole[at - width : at]
            yield _sorted(x[:at], width) + x[at:]
            yield x[:at] + _sorted(x[at:], width)


def _sorted(x: str, width: int) -> str:
    return "".join(sorted(x[at : at + width] for at in range(0, len(x), width)))


def _without_ones(x: str, places: Sequence[int]) -> str:
    symbols = list(x)
    for i in places:
        symbols[i] = "0"
    return "".join(symbols)


BITS = Form(
    uniform=_bits,
    changed=_flipped_somewhere,
    special={
        "constant": lambda length, _words: special.constant("01", length),
        "periodic": partial(special.periodic, "01"),
        "sorted": partial(special.in_order, "01"),
        "sparse": partial(special.nearly, "0", "1"),
        "dense": partial(special.nearly, "1", "0"),
        "one run": partial(special.one_run, "01"),
        "extremes": _few_or_many_ones,
    },
    size=_ones,
    rising=_rising_bits,
    steps=_steps_of_bits,
)
