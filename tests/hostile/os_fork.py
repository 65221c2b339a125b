# expect: violation
import os


def f(x):
    return os.fork() and 0
