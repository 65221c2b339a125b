# expect: timeout
def f(x):
    return 10 ** 10**8 % 2
