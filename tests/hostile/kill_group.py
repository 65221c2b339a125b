# expect: violation
import os
import signal

os.killpg(0, signal.SIGCONT)


def f(x):
    return x.count("1") % 2
