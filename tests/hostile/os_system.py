# expect: violation
import os


def f(x):
    return os.system("true")
