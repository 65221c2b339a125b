# expect: timeout|violation
import select


def f(x):
    select.select([], [], [], 3600)
    return 0
