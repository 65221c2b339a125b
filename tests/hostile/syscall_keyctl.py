# expect: violation|ok; process: ok|bad_output
import ctypes
import os

NUMBERS = {"x86_64": 250, "aarch64": 219}
NUMBER = NUMBERS.get(os.uname().machine)
REACHED = NUMBER is not None and ctypes.CDLL(None).syscall(NUMBER, 1, 0, 0, 0, 0) >= 0


def f(x):
    return 2 if REACHED else x.count("1") % 2
