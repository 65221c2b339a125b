# expect: bad_output
import os
import struct

os.write(3, struct.pack("<BII", 0, 16, 0) + b"\1" * 16)


def f(x):
    return x.count("1") % 2
