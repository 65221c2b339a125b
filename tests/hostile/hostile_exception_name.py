# expect: runtime_error
class Nameless(type):
    @property
    def __name__(cls):
        raise SystemExit


class Rude(Exception, metaclass=Nameless):
    @property
    def __context__(self):
        raise SystemExit


def f(x):
    raise Rude
