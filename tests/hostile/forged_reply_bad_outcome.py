# expect: bad_output
import os
import struct

os.write(3, struct.pack("<BII", 255, 0, 0))
os._exit(0)
