# expect: ok; process: bad_output|ok|crashed
import os


def reached():
    return os.write(os.memfd_create("hostile"), b"here")


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
