# expect: memory|crashed
import ctypes
import gc
import mmap

import numpy


class Header(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint32), ("flags", ctypes.c_uint32), ("offset", ctypes.c_uint64)]
    _fields_ += [(name, ctypes.c_uint64) for name in ("address", "physical", "in_file", "size", "align")]


class Library(ctypes.Structure):
    _fields_ = [("base", ctypes.c_uint64), ("name", ctypes.c_char_p)]
    _fields_ += [("headers", ctypes.POINTER(Header)), ("count", ctypes.c_uint16)]


libc = ctypes.CDLL(None)
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
found = []


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Library), ctypes.c_size_t, ctypes.c_void_p)
def look(library, size, data):
    name = library.contents.name or b""
    if any(part in name for part in (b"openblas", b"_multiarray_umath", b"libcrypto", b"libgfortran")):
        headers = library.contents.headers[: library.contents.count]
        found.extend((library.contents.base + h.address, h.size) for h in headers if h.kind == 1)
    return 0


libc.dl_iterate_phdr(look, None)
gc.disable()
for start, size in found:
    page = start // mmap.PAGESIZE * mmap.PAGESIZE
    libc.munmap(page, start + size - page)
kept = bytearray(b"x") * (61 << 20)


def f(x):
    return x.count("1") % 2
