# expect: ok
def f(x, seen={}):
    seen[x] = seen.get(x, 0) + 1
    return x.count("1") % 2
