"""What a zygote imports before it forks: what its programs often import, and little else.

Each child costs a copy of the zygote's page tables, and of its lists of mapped files: each shared
library that the zygote has loaded makes a child a hundredth dearer. So there are four zygotes, and
each starts for the first program that needs it.
"""

import re

from bench.jail.inside.libraries import C_RUNTIME, PROMISED

_LIGHT_NAMES = """
__future__ abc bisect collections copy enum functools heapq itertools math operator re string sys
time typing
"""
"""They are preloaded, or take a fraction of a millisecond; and they need no library of the
system's, whose files no child can read."""

_STANDARD_NAMES = """
array bisect bz2 cmath collections copy ctypes datetime decimal enum fractions functools hashlib
heapq itertools json lzma math operator random re statistics string struct typing zlib
"""

BARE: tuple[str, ...] = ()
LIGHT = ("collections", "copy", "re", "string", "typing")
STANDARD = (*C_RUNTIME, *_STANDARD_NAMES.split())
WITH_NUMPY = (*STANDARD, "numpy", "numpy.random")
"""numpy may be missing."""

_LIGHT_NAME = rf"(?:{'|'.join(_LIGHT_NAMES.split())})\b"
_LIGHT_IMPORT = re.compile(
    rf"^[ \t]*(?:from {_LIGHT_NAME}[.\w]* import\b"
    rf"|import {_LIGHT_NAME}(?: as \w+)?(?:, ?{_LIGHT_NAME}(?: as \w+)?)*[ \t]*(?:#.*)?$)",
    re.MULTILINE | re.ASCII,
)


def preloaded_for(source: str) -> tuple[str, ...]:
    """What the zygote has imported whose child is to run this program.

    It changes no prediction: whatever a program imports, it finds, here or on the disk. (One that
    hides that it imports something may lack a C library.)
    """
    if any(name in source for name in PROMISED):
        return WITH_NUMPY
    if "import" not in source:
        return BARE
    is_light = source.count("import") == len(_LIGHT_IMPORT.findall(source))
    return LIGHT if is_light else STANDARD
