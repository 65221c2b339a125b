# expect: violation
import os


def f(x):
    return os.open("/", os.O_RDONLY) and 0
