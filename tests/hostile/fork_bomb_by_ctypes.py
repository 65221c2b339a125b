# expect: timeout; process: timeout|crashed
import ctypes

libc = ctypes.CDLL(None)
for _ in range(4):
    libc.fork()
while True:
    pass
