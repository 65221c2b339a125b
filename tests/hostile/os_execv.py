# expect: violation
import os

os.execv("/bin/true", ["true"])


def f(x):
    return x.count("1") % 2
