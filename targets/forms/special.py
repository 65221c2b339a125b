"""Special strings over any symbols: constant, periodic, sorted, sparse ones."""

from collections.abc import Iterator

from targets.bit_stream import Words

FEW = 3
"""How many symbols of a sparse or dense string may differ from all others."""
END = 4
"""One in END changes is at the first or the last symbol, where loops begin and end."""


def place(size: int, words: Words) -> int:
    """A random place at which a symbol is changed."""
    if words.below(END):
        return words.below(size)
    return (size - 1) * words.bits(1)


def symbols_of(symbols: str, size: int, words: Words) -> str:
    """A uniformly random string of `size` of these symbols."""
    return "".join(symbols[words.below(len(symbols))] for _ in range(size))


def constant(symbols: str, size: int) -> Iterator[str]:
    """For each symbol the string that consists of it alone."""
    return (symbol * size for symbol in symbols)


def periodic(symbols: str, size: int, words: Words) -> Iterator[str]:
    """Repeated random patterns, of 2 symbols, of 3, and so on up to half of the string."""
    while True:
        for period in range(2, max(2, size // 2) + 1):
            pattern = symbols_of(symbols, period, words)
            yield (pattern * size)[:size]


def in_order(symbols: str, size: int, words: Words) -> Iterator[str]:
    """Strings whose symbols rise or fall, each of them at random often."""
    while True:
        cuts = sorted(words.below(size + 1) for _ in symbols[1:])
        ends = zip([0, *cuts], [*cuts, size], symbols, strict=True)
        x = "".join(symbol * (end - start) for start, end, symbol in ends)
        yield x if words.bits(1) else x[::-1]


def nearly(most: str, others: str, size: int, words: Words) -> Iterator[str]:
    """Strings of the symbol `most`, with one of the others at one to FEW places."""
    while True:
        x = [most] * size
        for _ in range(1 + words.below(FEW)):
            x[words.below(size)] = others[words.below(len(others))]
        yield "".join(x)


def one_run(symbols: str, size: int, words: Words) -> Iterator[str]:
    """Strings of one symbol, with a run of another one within."""
    while True:
        start, end = sorted((words.below(size), 1 + words.below(size)))
        around, inside = (symbols[i] for i in words.order(len(symbols))[:2])
        yield around * start + inside * (end - start) + around * (size - end)
