# expect: ok
def f(x):
    try:
        return bytes(10**12)
    except MemoryError:
        return x.count("1") % 2
