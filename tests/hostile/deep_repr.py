# expect: runtime_error|crashed
nested = []
for _ in range(10**5):
    nested = [nested]


def f(x):
    return len(repr(nested)) % 2
