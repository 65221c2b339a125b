# expect: ok
import resource


def reached():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    return True


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
