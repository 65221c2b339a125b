# expect: crashed|bad_output
import ctypes
import faulthandler

faulthandler.enable(3)


def f(x):
    return ctypes.string_at(0)[0]
