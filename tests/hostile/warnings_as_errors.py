# expect: runtime_error
import warnings

warnings.simplefilter("error")


def f(x):
    warnings.warn("here", stacklevel=1)
    return x.count("1") % 2
