# expect: timeout|memory
def f(x):
    return (10 ** 10**9) % 2
