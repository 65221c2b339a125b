# expect: ok
class Parity:
    def __call__(self, x):
        return x.count("1") % 2


f = Parity()
