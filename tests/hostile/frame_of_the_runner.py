# expect: bad_output|ok
import sys


def f(x):
    frame = sys._getframe(1)
    frame.f_locals["codes"][:] = b""
    return x.count("1") % 2
