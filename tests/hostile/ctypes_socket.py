# expect: ok; process: bad_output
import ctypes


def reached():
    return ctypes.CDLL(None).socket(2, 1, 0) >= 0


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
