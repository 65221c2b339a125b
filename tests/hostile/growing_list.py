# expect: memory
def f(x):
    kept = []
    while True:
        kept.append(bytes(10**7))
