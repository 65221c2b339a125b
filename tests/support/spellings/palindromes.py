"""Whether a string is a palindrome, each function by itself."""


def by_slice(x: str) -> bool:
    return x == x[::-1]


def by_list(x: str) -> bool:
    return list(x) == list(reversed(x))


def by_pairs(x: str) -> bool:
    return all(a == b for a, b in zip(x, reversed(x), strict=True))


def by_places(x: str) -> bool:
    return not any(x[i] != x[-1 - i] for i in range(len(x) // 2))


def by_two_fingers(x: str) -> int:
    i, j = 0, len(x) - 1
    while i < j:
        if x[i] != x[j]:
            return 0
        i, j = i + 1, j - 1
    return 1


def by_recursion(x: str) -> bool:
    return len(x) < 2 or (x[0] == x[-1] and by_recursion(x[1:-1]))


def by_halves(x: str) -> bool:
    half = len(x) // 2
    return x[:half] == x[len(x) - half :][::-1]


def by_number(x: str) -> bool:
    return int(x, 2) == int(x[::-1], 2)


def by_deque(x: str) -> bool:
    from collections import deque

    left = deque(x)
    while len(left) > 1:
        if left.popleft() != left.pop():
            return False
    return True


def by_differences(x: str) -> bool:
    return sum(abs(int(a) - int(b)) for a, b in zip(x, x[::-1], strict=True)) == 0
