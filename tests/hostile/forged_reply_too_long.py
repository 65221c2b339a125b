# expect: bad_output
import os
import struct

os.write(3, struct.pack("<BII", 0, 2**31, 0) + b"\1" * 1000)
os._exit(0)
