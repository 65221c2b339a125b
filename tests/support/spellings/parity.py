"""The parity of the ones, each function by itself."""


def by_count(x: str) -> int:
    return x.count("1") % 2


def by_sum(x: str) -> int:
    return sum(map(int, x)) & 1


def by_bit_count(x: str) -> int:
    return int(x, 2).bit_count() % 2


def by_what_is_left(x: str) -> int:
    return len(x.replace("0", "")) % 2


def by_splitting(x: str) -> int:
    return (len(x.split("1")) - 1) % 2


def by_reducing(x: str) -> int:
    from functools import reduce

    return reduce(lambda odd, symbol: odd ^ int(symbol), x, 0)


def by_pattern(x: str) -> int:
    import re

    return len(re.findall("1", x)) % 2


def by_turns(x: str) -> bool:
    odd = False
    for symbol in x:
        odd ^= symbol == "1"
    return odd


def by_lowest_ones(x: str) -> int:
    number, odd = int(x, 2), 0
    while number:
        number, odd = number & (number - 1), 1 - odd
    return odd


def by_array(x: str) -> int:
    import numpy as np

    return int((np.frombuffer(x.encode(), np.uint8) == ord("1")).sum()) % 2
