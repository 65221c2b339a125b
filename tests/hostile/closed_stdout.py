# expect: ok
import sys

sys.stdout.close()


def f(x):
    return x.count("1") % 2
