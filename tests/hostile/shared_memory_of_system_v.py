# expect: violation; process: ok
import ctypes
import os


libc = ctypes.CDLL(None, use_errno=True)
shared = libc.shmget(0, 4096, 0o1600)
if shared == -1:
    raise PermissionError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
libc.shmctl(shared, 0, None)


def f(x):
    return x.count("1") % 2
