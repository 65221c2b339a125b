# expect: ok
import atexit
import os


@atexit.register
def late():
    os.write(3, b"late")


def f(x):
    return x.count("1") % 2
