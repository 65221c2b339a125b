# expect: memory|load_error|timeout|crashed
exec("x = " + "(" * 50 + "1," * 10**7 + ")" * 50)


def f(x):
    return x.count("1") % 2
