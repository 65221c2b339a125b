# expect: bad_output
import os


def f(x):
    rest = 2**20
    while rest:
        rest -= os.write(3, b"\1" * rest)
    return x.count("1") % 2
