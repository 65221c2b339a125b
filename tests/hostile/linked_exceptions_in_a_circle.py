# expect: runtime_error
def f(x):
    first, second = ValueError(x), ValueError(x)
    first.__context__ = second
    second.__context__ = first
    raise first
