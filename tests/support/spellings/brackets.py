"""Whether a word over two types of brackets is balanced, each function by itself."""


def by_deleting(x: str) -> bool:
    word = "".join("()[]"[int(x[i : i + 2], 2)] for i in range(0, len(x), 2))
    while "()" in word or "[]" in word:
        word = word.replace("()", "").replace("[]", "")
    return word == ""


def by_pattern(x: str) -> bool:
    import re

    word, deleted = "".join("()[]"[int(x[i : i + 2], 2)] for i in range(0, len(x), 2)), 1
    while deleted:
        word, deleted = re.subn(r"\(\)|\[\]", "", word)
    return not word


def by_stack(x: str) -> bool:
    stack: list[str] = []
    for i in range(0, len(x), 2):
        if x[i + 1] == "0":
            stack.append(x[i])
        elif not stack or stack.pop() != x[i]:
            return False
    return not stack


def by_string(x: str) -> bool:
    stack = ""
    for bracket in (x[i : i + 2] for i in range(0, len(x), 2)):
        if stack[-2:] + bracket in ("0001", "1011"):
            stack = stack[:-2]
        else:
            stack += bracket
    return stack == ""


def by_number(x: str) -> bool:
    stack = 1
    for kind, closes in zip(map(int, x[::2]), map(int, x[1::2]), strict=True):
        if not closes:
            stack = 2 * stack + kind
        elif stack == 1 or stack % 2 != kind:
            return False
        else:
            stack //= 2
    return stack == 1


def by_expected_closers(x: str) -> int:
    from collections import deque

    expected: deque[str] = deque()
    for bracket in map("".join, zip(x[::2], x[1::2], strict=True)):
        if bracket in ("00", "10"):
            expected.append(bracket[0] + "1")
        elif not expected or expected.pop() != bracket:
            return 0
    return 0 if expected else 1


def by_descent(x: str) -> bool:
    size = len(x)

    def end_of_words(i: int) -> int:
        while i < size and x[i + 1] == "0":
            j = end_of_words(i + 2)
            if j >= size or x[j] != x[i]:
                return size + 2
            i = j + 2
        return i

    return end_of_words(0) == size


def by_depths(x: str) -> bool:
    depth, opened = 0, dict[int, str]()
    for i in range(0, len(x), 2):
        depth += 1 if x[i + 1] == "0" else -1
        if depth < 0:
            return False
        if x[i + 1] == "0":
            opened[depth - 1] = x[i]
        elif opened[depth] != x[i]:
            return False
    return depth == 0


def by_neighbours(x: str) -> bool:
    word = [x[i : i + 2] for i in range(0, len(x), 2)]
    i = 0
    while i + 1 < len(word):
        if word[i] + word[i + 1] in ("0001", "1011"):
            del word[i : i + 2]
            i = max(0, i - 1)
        else:
            i += 1
    return not word


def by_partners(x: str) -> bool:
    size, i = len(x), 0
    partner = [-1] * size
    for j in range(0, size, 2):
        if x[j + 1] == "1":
            i = j - 2
            while i >= 0 and (x[i + 1] == "1" or partner[i] >= 0):
                i -= 2
            if i < 0 or x[i] != x[j]:
                return False
            partner[i] = j
    return all(x[i + 1] == "1" or partner[i] >= 0 for i in range(0, size, 2))
