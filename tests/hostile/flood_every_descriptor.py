# expect: bad_output|timeout|crashed
import os

while True:
    for fd in range(4):
        try:
            os.write(fd, b"1" * 65536)
        except OSError:
            pass
