"""One or two numbers of a length as inputs, without leading zeros; a smaller sum is simpler."""

from collections.abc import Callable, Iterator
from functools import partial

from targets.bit_stream import Words
from targets.forms import special
from targets.forms.form import Form, Stream

_DIGITS = "0123456789"


def _led(x: str, numbers: int) -> str:
    """The numbers with a leading zero replaced by 1."""
    size = len(x) // numbers
    parts = [x[at : at + size] for at in range(0, len(x), size)]
    return "".join("1" + part[1:] if part[0] == "0" else part for part in parts)


def _numbers(numbers: int, length: int, words: Words) -> Iterator[str]:
    least: int = 10 ** (length - 1)
    while True:
        yield "".join(str(least + words.below(9 * least)) for _ in range(numbers))


def _digit_changed(numbers: int, x: str, words: Words) -> str:
    i = special.place(len(x), words)
    leads = i % (len(x) // numbers) == 0
    others = [digit for digit in _DIGITS[leads:] if digit != x[i]]
    return x[:i] + others[words.below(len(others))] + x[i + 1 :]


def _special_digits(numbers: int, stream: Callable[[str, int, Words], Iterator[str]]) -> Stream:
    """A stream of numbers, made of one of strings of digits."""
    return lambda length, words: (
        _led(x, numbers) for x in stream(_DIGITS, numbers * length, words)
    )


def _nearly(most: str, symbols: str, size: int, words: Words) -> Iterator[str]:
    return special.nearly(most, symbols.replace(most, ""), size, words)


def _ends_of_the_range(numbers: int, length: int, _words: Words) -> Iterator[str]:
    """The smallest and largest numbers; as two numbers, twice the same, or one with an extreme."""
    least, most = 10 ** (length - 1), 10**length - 1
    for i in range(9 * least):
        for n in (least + i, most - i):
            yield str(n) * numbers
            for end in (least, most) if numbers > 1 else ():
                yield f"{n}{end}"
                yield f"{end}{n}"


def _sum(numbers: int, x: str) -> tuple[int, str]:
    size = len(x) // numbers
    return sum(int(x[at : at + size]) for at in range(0, len(x), size)), x


def _rising_numbers(numbers: int, length: int) -> Iterator[str]:
    least, most = 10 ** (length - 1), 10**length - 1
    if numbers == 1:
        yield from map(str, range(least, most + 1))
        return
    for total in range(2 * least, 2 * most + 1):
        first = max(least, total - most)
        yield from (f"{a}{total - a}" for a in range(first, min(most, total - least) + 1))


def _steps_of_numbers(numbers: int, x: str) -> Iterator[str]:
    """Some digits, or all from one on, made 0; one digit, or the last ones, made smaller."""
    size = len(x) // numbers
    share = len(x)
    while share:
        for at in range(0, len(x), share):
            yield _led(x[:at] + "0" * len(x[at : at + share]) + x[at + share :], numbers)
        share //= 2
    yield from (_led(x[:at] + "0" * (len(x) - at), numbers) for at in range(len(x)))
    for i, digit in enumerate(x):
        leads = i % size == 0
        yield from (x[:i] + less + x[i + 1 :] for less in _DIGITS[leads : int(digit)])
    tail = min(3, size - 1)
    for end in range(size, len(x) + 1, size):
        last = x[end - tail : end]
        yield from (f"{x[: end - tail]}{n:0{tail}}{x[end:]}" for n in range(int(last)))


def _digits(numbers: int) -> Form:
    return Form(
        uniform=partial(_numbers, numbers),
        changed=partial(_digit_changed, numbers),
        special={
            "constant": lambda length, _words: special.constant(_DIGITS[1:], numbers * length),
            "periodic": _special_digits(numbers, special.periodic),
            "sorted": _special_digits(numbers, special.in_order),
            "sparse": _special_digits(numbers, partial(_nearly, "0")),
            "dense": _special_digits(numbers, partial(_nearly, "9")),
            "one run": _special_digits(numbers, special.one_run),
            "extremes": partial(_ends_of_the_range, numbers),
        },
        size=partial(_sum, numbers),
        rising=partial(_rising_numbers, numbers),
        steps=partial(_steps_of_numbers, numbers),
    )


NUMBER, TWO_NUMBERS = _digits(1), _digits(2)
