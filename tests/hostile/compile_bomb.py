# expect: memory|timeout|syntax_error|load_error
x = ((1,) * 2**20, ) * 2**20
y = "a" * 2**40


def f(x):
    return x.count("1") % 2
