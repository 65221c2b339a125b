# expect: load_error
import targets


def f(x):
    return x.count("1") % 2
