# expect: ok
import os


def reached():
    return len(os.environ) or os.getenv("OPENAI_API_KEY") or os.getenv("HOME")


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
