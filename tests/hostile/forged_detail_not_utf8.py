# expect: bad_output|runtime_error|violation|memory|no_function|load_error|syntax_error
import os
import struct

os.write(3, struct.pack("<BII", 2, 0, 6) + b"\xff\xfe\x00\x1b[m")
os._exit(0)
