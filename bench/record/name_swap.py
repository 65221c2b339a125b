"""Two files exchange their names in one step, where the system has that."""

import ctypes
import os
from pathlib import Path

_renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
"""renameat2(2): Linux has it, with glibc since 2.28, and macOS has not."""
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def swap_names(one: Path, other: Path) -> bool:
    """Give each of two files the name of the other; False where that cannot be done."""
    if _renameat2 is None:
        return False
    names = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    failed: int = _renameat2(*names, _RENAME_EXCHANGE)
    return not failed
