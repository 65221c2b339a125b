# expect: bad_output
import os
import struct

os.write(3, struct.pack("<BII", 0, 16, 0) + bytes(range(100, 116)))
os._exit(0)
