# expect: ok|load_error
import numpy as np


def f(x):
    return np.array([int(c) for c in x]).sum() % 2
