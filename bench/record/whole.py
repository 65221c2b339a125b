"""Files that are whole at any moment, also after a kill -9: whole lines, or all or nothing."""

import errno
import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.record.name_swap import swap_names


@dataclass(frozen=True, slots=True)
class _Owed:
    """What a copy does not have yet: lines to append, or its whole content `anew`."""

    lines: str = ""
    anew: bool = False


class WholeLines:
    """A file that grows by lines, and holds whole lines alone at any moment, also after a kill -9.

    One write of many pages can be cut by a kill. So there are two copies, and the one that is not
    public is written to; then it becomes the public one, as their names are exchanged. Each line is
    written twice, whatever the file's size.
    """

    def __init__(self, path: Path, head: str = "") -> None:
        """Begin the file anew. Raises OSError."""
        need_place(path)
        self.path = path
        self._head = head
        path.parent.mkdir(parents=True, exist_ok=True)
        self._copies = [_Copy(path.with_name(f".{path.name}.{side}")) for side in "ab"]
        self._owed = [_Owed(head, anew=True), _Owed(head, anew=True)]
        self._fresh = path.with_name(f".{path.name}.new")
        self._is_ready = False
        """Whether that is a name of the copy which is not public, to be exchanged with `path`."""
        self._fresh.unlink(missing_ok=True)  # of a killed run
        self.append("")
        with suppress(OSError):  # no hard links
            os.link(self._copies[0].path, self._fresh)
            self._is_ready = True

    def append(self, lines: str, *, anew: bool = False) -> None:
        """Add lines, each with its end, or write the file `anew` with these alone.

        Raises OSError. The file is then as it was, and the lines are written with the next ones.
        """
        if anew:
            self._owed = [_Owed(self._head + lines, anew=True)] * 2
        else:
            self._owed = [_Owed(owed.lines + lines, owed.anew) for owed in self._owed]
        hidden, owed = self._copies[0], self._owed[0]
        whole = 0 if owed.anew else hidden.size
        try:
            hidden.write(owed.lines, anew=owed.anew)
            self._publish(hidden)
        except OSError:
            os.ftruncate(hidden.file, whole)
            raise
        self._copies.reverse()
        self._owed = [self._owed[1], _Owed()]

    def _publish(self, copy: "_Copy") -> None:
        """Put what is in the copy into the public place, in one step.

        To rename it over the public file would have ext4 write out at once what the copy was given,
        and that takes longer than all else.
        """
        if self._is_ready:
            if copy.is_at(self._fresh) and swap_names(self._fresh, self.path):
                return
            self._is_ready = False
            self._fresh.unlink(missing_ok=True)
        try:
            os.link(copy.path, self._fresh)
        except OSError:  # one was left; or the file system has no hard links, or is full
            self._fresh.unlink(missing_ok=True)
            shutil.copyfile(copy.path, self._fresh)
        self._fresh.replace(self.path)

    def close(self) -> None:
        """Remove the two copies. The public file stays."""
        for copy in self._copies:
            copy.close()
        self._fresh.unlink(missing_ok=True)


class _Copy:
    """One of the two copies. It stays open: to open a file for each line takes longer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o666)

    @property
    def size(self) -> int:
        """In bytes."""
        return os.fstat(self.file).st_size

    def is_at(self, path: Path) -> bool:
        """Whether it has this name, and not what somebody else put there."""
        try:
            return os.path.samestat(os.lstat(path), os.fstat(self.file))
        except OSError:
            return False

    def write(self, lines: str, *, anew: bool) -> None:
        """Add lines, or have these alone. Raises OSError, and may leave a part of them then."""
        rest = lines.encode("utf-8", "surrogatepass")
        if anew:
            os.ftruncate(self.file, 0)
        while rest:
            rest = rest[os.write(self.file, rest) :]

    def close(self) -> None:
        """Remove it."""
        os.close(self.file)
        self.path.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole, or leave it as it was. Raises OSError."""
    write_parts(path, [text])


def write_parts(path: Path, parts: Iterable[str]) -> None:
    """Write a file whole, part after part, or leave it as it was.

    Raises OSError, and what making the parts raises.
    """
    need_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.writelines(parts)
        beside.replace(path)
    except BaseException:  # also of what makes the parts
        beside.unlink(missing_ok=True)
        raise


def need_place(path: Path) -> None:
    """Raise OSError where a file that is put in the place of `path` would take away another thing.

    A whole file is renamed to its name: of a device or a pipe nothing would be left, and as root
    the machine would be without /dev/null.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):  # to make its folder says why
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    # /dev/stdout is a link, and may lead to a file.
    if not stat.S_ISREG(mode) or path.parent == Path("/dev"):
        raise OSError(errno.EINVAL, "a device or a pipe, and no file", str(path))
