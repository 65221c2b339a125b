# expect: bad_output
import os

for fd in range(64):
    try:
        os.write(fd, b"\0" * 100)
    except OSError:
        pass


def f(x):
    return x.count("1") % 2
