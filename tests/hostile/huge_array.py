# expect: memory|load_error
import numpy as np


def f(x):
    return int(np.ones(10**11).sum()) % 2
