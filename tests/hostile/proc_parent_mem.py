# expect: ok; process: ok
import os


def reached():
    return os.open(f"/proc/{os.getppid()}/mem", os.O_RDONLY)


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
