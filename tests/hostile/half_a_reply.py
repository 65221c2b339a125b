# expect: bad_output
import os

os.write(3, b"\0\1")
os._exit(0)
