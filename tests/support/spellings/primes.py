"""Whether a number of up to 24 digits is prime, each function by itself.

The first 13 primes as bases of the strong test decide that: Sorenson and Webster 2015.
"""


def by_library(x: str) -> bool:
    import gmpy2

    return bool(gmpy2.is_prime(int(x)))


def by_next_prime(x: str) -> bool:
    import gmpy2

    return bool(gmpy2.next_prime(int(x) - 1) == int(x))


def by_bpsw(x: str) -> bool:
    import gmpy2

    return bool(gmpy2.is_strong_bpsw_prp(int(x)))


def by_lucas(x: str) -> bool:
    import gmpy2

    n = gmpy2.mpz(x)
    return bool(n % 2 and gmpy2.is_strong_prp(n, 2) and gmpy2.is_strong_selfridge_prp(n))


def by_strong_tests(x: str) -> bool:
    import gmpy2

    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    return all(gmpy2.is_strong_prp(int(x), base) for base in bases)


def by_many_rounds(x: str) -> bool:
    from math import gcd

    import gmpy2

    return gcd(int(x), 2 * 3 * 5 * 7 * 11 * 13) == 1 and bool(gmpy2.is_prime(int(x), 30))


def by_squaring(x: str) -> int:
    n = int(x)
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41):
        y = pow(base, d, n)
        if y in (1, n - 1):
            continue
        for _ in range(s - 1):
            y = y * y % n
            if y == n - 1:
                break
        else:
            return 0
    return 1


def by_powers(x: str) -> bool:
    n = int(x)
    if n % 2 == 0:
        return False
    s = ((n - 1) & (1 - n)).bit_length() - 1
    d = (n - 1) >> s

    def passes(base: int) -> bool:
        powers = [pow(base, d << r, n) for r in range(s)]
        return powers[0] == 1 or n - 1 in powers

    return all(map(passes, (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)))


def by_roots_of_one(x: str) -> bool:
    n = int(x)
    if any(n % p == 0 for p in range(2, 100)):
        return False

    def is_witness(base: int, exponent: int) -> bool:
        y = pow(base, exponent, n)
        if y == n - 1:
            return False
        if y != 1:
            return True
        return exponent % 2 == 0 and is_witness(base, exponent // 2)

    return not any(is_witness(p, n - 1) for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41))


def by_doubling(x: str) -> bool:
    n = int(x)

    def strong(base: int) -> bool:
        exponent = n - 1
        while exponent % 2 == 0:
            exponent //= 2
        y, is_odd = pow(base, exponent, n), True
        while exponent != n - 1 and y not in (1, n - 1):
            y, exponent, is_odd = y * y % n, exponent * 2, False
        return y == n - 1 or (y == 1 and is_odd)

    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    return n % 2 == 1 and all(map(strong, bases))
