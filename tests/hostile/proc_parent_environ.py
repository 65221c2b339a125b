# expect: violation
import os

DATA = open("/proc/" + str(os.getppid()) + "/environ", "rb").read()


def f(x):
    return x.count("1") % 2
