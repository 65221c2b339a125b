# expect: bad_output
import os


def f(x):
    while True:
        os.write(3, b"x" * 65_536)
