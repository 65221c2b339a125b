# expect: ok
import builtins

builtins.isinstance = lambda *_: True
builtins.bytes = builtins.bytearray = builtins.map = builtins.type = None


def f(x):
    return x.count("1") % 2
