# expect: ok; process: bad_output|ok
import ctypes

libc = ctypes.CDLL(None)
REACHED = libc.sysinfo(ctypes.create_string_buffer(1024)) == 0


def f(x):
    return 2 if REACHED else x.count("1") % 2
