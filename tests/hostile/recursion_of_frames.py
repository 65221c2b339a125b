# expect: memory|timeout
# Unwinding millions of frames with no memory left may take longer than the limit.
import sys

sys.setrecursionlimit(10**9)


def deeper(n):
    return deeper(n + 1)


def f(x):
    return deeper(0)
