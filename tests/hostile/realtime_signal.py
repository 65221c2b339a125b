# expect: crashed
import os


def f(x):
    os.kill(os.getpid(), 40)
    return x.count("1") % 2
