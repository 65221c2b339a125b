# expect: ok
import sys


def f(x):
    print("x" * 10**6)
    sys.stdout.write("y" * 10**6)
    sys.stderr.write("z" * 10**6)
    return x.count("1") % 2
