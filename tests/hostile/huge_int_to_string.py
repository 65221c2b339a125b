# expect: runtime_error
def f(x):
    return len(str(1 << 10**6)) % 2
