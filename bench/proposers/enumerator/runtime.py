"""Functions that programs call. A program that is printed carries their source along."""


def is_prime(n: int) -> bool:
    """Miller-Rabin to 13 bases: exact below 3.3e24, beyond it wrong with probability < 4**-13."""
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    if n < 2 or any(n % p == 0 for p in bases):
        return n in bases
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in bases:
        power = pow(base, odd, n)
        if power in (1, n - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % n
            if power == n - 1:
                break
        else:
            return False
    return True


def gcd(a: int, b: int) -> int:
    """The greatest common divisor."""
    while b:
        a, b = b, a % b
    return abs(a)


def is_balanced(x: str, width: int, closer_of: dict[str, str]) -> bool:
    """Whether the codes of `width` characters match as brackets; other codes are ignored."""
    closers = set(closer_of.values())
    expected = []
    for i in range(0, len(x), width):
        code = x[i : i + width]
        if code in closer_of:
            expected.append(closer_of[code])
        elif code in closers and (not expected or expected.pop() != code):
            return False
    return not expected


def count_after_step(x: str, table: tuple[int, ...]) -> int:
    """How many cells are 1 after one step of a local rule, with zeros outside.

    A cell becomes table[4 * left + 2 * cell + right].
    """
    cells = [0, *map(int, x), 0]
    count = 0
    for i in range(1, len(cells) - 1):
        count += table[4 * cells[i - 1] + 2 * cells[i] + cells[i + 1]]
    return count


def count_nodes(x: str) -> int:
    """How many nodes occur in a graph written `u12v23u23v07`."""
    return len({x[i + 1 : i + 3] for i in range(0, len(x), 3)})


def count_components(x: str) -> int:
    """How many connected components a graph written `u12v23u23v07` has."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for i in range(0, len(x), 6):
        parent[root(x[i + 1 : i + 3])] = root(x[i + 4 : i + 6])
    return sum(root(node) == node for node in list(parent))


def largest_degree(x: str) -> int:
    """The largest number of edges at one node of a graph written `u12v23u23v07`."""
    ends = [x[i + 1 : i + 3] for i in range(0, len(x), 3)]
    return max(ends.count(node) for node in ends)
