# expect: crashed
import os

os.closerange(0, 256)


def f(x):
    return x.count("1") % 2
