# expect: violation; process: crashed
import ctypes

libc = ctypes.CDLL(None)
arguments = (ctypes.c_char_p * 2)(b"/bin/true", None)
libc.execve(b"/bin/true", arguments, None)
libc.execve(b"/usr/bin/true", arguments, None)


def f(x):
    return 0
