# expect: violation
import os
import signal

os.kill(-1, signal.SIGCONT)


def f(x):
    return x.count("1") % 2
