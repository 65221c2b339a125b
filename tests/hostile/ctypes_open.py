# expect: ok; process: bad_output
import ctypes
import os


def reached():
    libc = ctypes.CDLL(None)
    fd = libc.open(b"/etc/passwd", 0)
    return fd >= 0 and os.read(fd, 10)


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
