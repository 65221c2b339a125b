# expect: ok
class Rude:
    def __getattr__(self, name):
        raise KeyError(name)

    @property
    def __class__(self):
        raise KeyError("__class__")


rude = Rude()


def parity(x):
    return x.count("1") % 2
