# expect: violation; process: ok|bad_output|violation
import ctypes
import os


def reached():
    return ctypes.CDLL(None).process_vm_readv(os.getppid(), None, 0, None, 0, 0) == 0


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
