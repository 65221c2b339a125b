# expect: ok
import ctypes

if ctypes.CDLL(None).open(b"/proc/self/fd/4", 1) != -1:
    raise ValueError("the harness now seems to owe input for ever, and no time counts")


def f(x):
    return x.count("1") % 2
