# expect: bad_output|runtime_error
class Liar(int):
    def __eq__(self, other):
        raise KeyboardInterrupt

    __hash__ = int.__hash__


def f(x):
    return Liar(1)
