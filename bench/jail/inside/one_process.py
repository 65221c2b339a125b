"""What processes share by `multiprocessing`, where a candidate has threads and no other process.

The system's are files, made by the C library: refused, they only seem not to be there.
"""

import errno
from _thread import get_ident
from types import ModuleType, SimpleNamespace

_RECURSIVE_MUTEX = 0  # the kind, as in multiprocessing.synchronize


def without_shared_memory(shared_memory: ModuleType) -> None:
    """Have `multiprocessing.shared_memory` say that the jail denies it."""

    def refuse(*_: object, **_named: object) -> None:
        raise PermissionError(errno.EPERM, "the jail denies shared memory")

    refusing = SimpleNamespace(shm_open=refuse, shm_unlink=refuse)
    shared_memory._posixshmem = refusing  # type: ignore[attr-defined]  # noqa: SLF001


def semaphores(synchronize: ModuleType) -> None:
    """Have `multiprocessing.synchronize` make semaphores for the threads of this process alone.

    `multiprocessing.pool.ThreadPool` needs one.
    """
    made_here = SimpleNamespace(SemLock=_SemLock)
    synchronize._multiprocessing = made_here  # type: ignore[attr-defined]  # noqa: SLF001


class _SemLock:
    """As `_multiprocessing.SemLock`."""

    name = None  # nothing is left behind in the system
    handle = 0

    def __init__(self, kind: int, value: int, maxvalue: int, _name: str, _unlink: bool) -> None:
        from threading import Condition  # few programs need it

        self.kind = kind
        self.maxvalue = maxvalue
        self._value = value
        self._changed = Condition()
        self._holder = 0
        self._times = 0
        """How often it was acquired, less how often it was released."""

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        patience = (None if timeout is None else max(0.0, timeout)) if block else 0.0
        with self._changed:
            if self.kind != _RECURSIVE_MUTEX or not self._is_mine():
                if not self._changed.wait_for(lambda: self._value > 0, patience):
                    return False
                self._value -= 1
                self._holder = get_ident()  # before it counts as held: see _is_mine
            self._times += 1
        return True

    def release(self) -> None:
        with self._changed:
            if self.kind == _RECURSIVE_MUTEX and not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self.kind != _RECURSIVE_MUTEX or self._times == 1:
                if self._value >= self.maxvalue:
                    raise ValueError("semaphore or lock released too many times")
                self._value += 1
                self._changed.notify()
            self._times -= 1

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _is_mine(self) -> bool:
        return self._times > 0 and self._holder == get_ident()

    def _count(self) -> int:
        return self._times

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0
