# expect: ok
import warnings

warnings.simplefilter("always")


def f(x):
    warnings.warn("here", stacklevel=1)
    return x.count("1") % 2
