# expect: ok
import sys


def trace(frame, event, argument):
    return trace


sys.settrace(trace)


def f(x):
    return x.count("1") % 2
