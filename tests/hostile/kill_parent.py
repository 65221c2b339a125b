# expect: violation
import os
import signal


def f(x):
    os.kill(os.getppid(), signal.SIGCONT)
    return 0
