# expect: memory|timeout
import zlib

BOMB = zlib.compress(bytes(10**8), 9)


def f(x):
    return len(zlib.decompress(BOMB) * 100) % 2
