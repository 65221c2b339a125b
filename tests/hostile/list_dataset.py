# expect: violation
import os

FILES = os.listdir(".")


def f(x):
    return x.count("1") % 2
