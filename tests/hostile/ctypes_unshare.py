# expect: violation; process: ok|bad_output
import ctypes


def reached():
    return ctypes.CDLL(None).unshare(0x10000000) == 0


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
