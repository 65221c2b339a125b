# expect: violation
import os


def f(x):
    return len(os.listdir("/proc")) % 2
