# expect: ok
def parity(x):
    return x.count("1") % 2
