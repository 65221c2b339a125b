# expect: bad_output
def f(x):
    yield x.count("1") % 2
