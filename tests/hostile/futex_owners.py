# expect: ok; process: bad_output|ok
import ctypes
import os

NUMBER = {"x86_64": 202, "aarch64": 98}.get(os.uname().machine, -1)
LOCK_PI, TRYLOCK_PI, ROBUST_LIST = 6, 8, {"x86_64": 274, "aarch64": 100}.get(os.uname().machine, -1)
NO_SUCH_THREAD, WOULD_BLOCK = 3, 11

libc = ctypes.CDLL(None, use_errno=True)
lock = ctypes.c_uint32()


def told():
    for pid in range(1, 1 << 12):
        if pid == os.getpid():
            continue
        lock.value = pid
        libc.syscall(NUMBER, TRYLOCK_PI, ctypes.byref(lock), 0, 0, 0, 0)
        if ctypes.get_errno() in (NO_SUCH_THREAD, WOULD_BLOCK):
            return True
        head, size = ctypes.c_void_p(), ctypes.c_size_t()
        libc.syscall(ROBUST_LIST, pid, ctypes.byref(head), ctypes.byref(size))
        if ctypes.get_errno() == NO_SUCH_THREAD:
            return True
    return False


REACHED = told()


def f(x):
    return 2 if REACHED else x.count("1") % 2
