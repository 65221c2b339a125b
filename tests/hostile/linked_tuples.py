# expect: memory
kept = None


def f(x):
    global kept
    while True:
        kept = (kept,)
