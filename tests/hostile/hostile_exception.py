# expect: runtime_error
class Rude(Exception):
    def __str__(self):
        raise SystemExit


def f(x):
    raise Rude
