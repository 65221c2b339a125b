# expect: ok; process: bad_output|ok
import ctypes


def reached():
    return ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) == 0


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
