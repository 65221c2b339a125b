# expect: wrong
class Both(float):
    __class__ = int

    def __eq__(self, other):
        return True


def f(x):
    return Both(7)
