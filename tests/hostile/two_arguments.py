# expect: runtime_error
def f(x, y):
    return 0
