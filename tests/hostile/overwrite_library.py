# expect: violation
import random

open(random.__file__, "a").close()


def f(x):
    return x.count("1") % 2
