# expect: memory
def f(x):
    return len("a" * 10**12) % 2
