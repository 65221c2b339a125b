# expect: runtime_error|load_error
def f(x):
    exit()
