# expect: violation
import os
import random

os.chmod(random.__file__, os.stat(random.__file__).st_mode)


def f(x):
    return x.count("1") % 2
