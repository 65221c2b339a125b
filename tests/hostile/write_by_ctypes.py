# expect: ok; process: ok|bad_output|crashed
import ctypes
import os


def reached():
    libc = ctypes.CDLL(None)
    fd = libc.open(b"/tmp/hostile-%d" % os.getpid(), os.O_CREAT | os.O_WRONLY, 0o600)
    libc.unlink(b"/tmp/hostile-%d" % os.getpid())
    return fd >= 0 and libc.write(fd, b"here", 4) == 4


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
