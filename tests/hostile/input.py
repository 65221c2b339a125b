# expect: runtime_error
def f(x):
    return int(input())
