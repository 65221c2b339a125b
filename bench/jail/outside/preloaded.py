"""What a zygote imports before it forks: what its programs often import, and little else.

Each child costs a copy of the zygote's page tables, half of which are numpy's. So a zygote without
it serves the programs that name no library, as most do, and a second one starts for the first that
does.
"""

from bench.jail.inside.libraries import PROMISED

_STANDARD_NAMES = """
array bisect bz2 cmath collections copy ctypes datetime decimal enum fractions functools hashlib
heapq itertools json lzma math operator random re statistics string struct typing zlib
"""

NOTHING: tuple[str, ...] = ()
STANDARD = tuple(_STANDARD_NAMES.split())
WITH_NUMPY = (*STANDARD, "numpy", "numpy.random")
"""numpy may be missing."""


def preloaded_for(source: str) -> tuple[str, ...]:
    """What the zygote has imported whose child is to run this program.

    It changes no prediction: whatever a program imports, it finds, here or on the disk.
    """
    return WITH_NUMPY if any(name in source for name in PROMISED) else STANDARD
