# expect: ok
from collections import Counter

ONE = "1"


def ones(x):
    return Counter(x)[ONE]


def f(x):
    return ones(x) % 2
