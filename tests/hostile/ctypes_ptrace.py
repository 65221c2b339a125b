# expect: violation; process: ok|bad_output
import ctypes
import os


def reached():
    return ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
