# expect: bad_output
class Nameless(type):
    @property
    def __name__(cls):
        raise SystemExit


class Result(metaclass=Nameless):
    pass


def f(x):
    return Result()
