# expect: timeout
import resource
import signal

signal.setitimer(signal.ITIMER_REAL, 0)
signal.setitimer(signal.ITIMER_PROF, 0)
signal.alarm(0)


def f(x):
    while True:
        pass
