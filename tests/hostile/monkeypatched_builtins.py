# expect: ok
import builtins

builtins.isinstance = lambda *_: True
builtins.len = lambda *_: 0
builtins.bytes = builtins.bytearray = None
builtins.type = None


def f(x):
    return x.count("1") % 2
