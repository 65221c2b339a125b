# expect: ok
# -*- coding: latin-1 -*-
NAME = "é"


def f(x):
    return x.count("1") % 2 if len(NAME) == 1 else 2
