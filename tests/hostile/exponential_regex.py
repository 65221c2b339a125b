# expect: timeout
import re


def f(x):
    return bool(re.fullmatch(r"(a+)+b", "a" * 40))
