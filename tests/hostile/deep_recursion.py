# expect: runtime_error
def f(x):
    return f(x) + 1
