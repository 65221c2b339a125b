# expect: ok
import os


class Parting:
    def __del__(self):
        os.write(3, b"\0" * 1000)


parting = Parting()


def f(x):
    return x.count("1") % 2
