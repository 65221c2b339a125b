# expect: violation; process: ok
import ctypes


def reached():
    return ctypes.CDLL(None).mount(b"none", b"/no/such/place", b"tmpfs", 0, None) == 0


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
