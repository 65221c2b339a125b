# expect: ok
import os
import sys
import tempfile


def wrote():
    places = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/proc/self", "/", ".", os.path.expanduser("~"), *sys.path]
    for place in places:
        try:
            path = os.path.join(place, "hostile")
            open(path, "x").close()
            os.remove(path)
            return True
        except OSError:
            continue
    try:
        tempfile.mkdtemp()
        return True
    except OSError:
        return False


WROTE = wrote()


def f(x):
    return 2 if WROTE else x.count("1") % 2
