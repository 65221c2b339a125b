# expect: ok; process: bad_output|ok|crashed
import ctypes
import os


def reached():
    pid = ctypes.CDLL(None).fork()
    if pid == 0:
        os._exit(0)
    return pid > 0


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
