# expect: ok
from functools import lru_cache, wraps


def twice(function):
    @wraps(function)
    def wrapper(x):
        return function(x)

    return wrapper


@lru_cache(maxsize=None)
@twice
def f(x):
    return x.count("1") % 2
