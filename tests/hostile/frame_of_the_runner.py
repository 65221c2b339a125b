# expect: ok
import sys


def f(x):
    frame = sys._getframe(1)
    while "codes" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["codes"][:] = b""
    return x.count("1") % 2
