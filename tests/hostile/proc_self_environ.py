# expect: violation
import os

DATA = open("/proc/" + "self" + "/environ", "rb").read()


def f(x):
    return x.count("1") % 2
