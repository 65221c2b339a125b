# expect: violation; process: timeout|crashed|violation|ok
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
numbers = {"x86_64": 317, "aarch64": 277}
to_its_listener = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x7FC0_0000))
program = struct.pack("@HxxxxxxQ", 1, ctypes.addressof(to_its_listener))
if libc.syscall(numbers[os.uname().machine], 1, 8, program) == -1:
    raise PermissionError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def f(x):
    return x.count("1") % 2
