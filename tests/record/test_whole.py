"""Files that are written whole, or stay as they were."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.record.whole import WholeLines, need_place, write_parts


def test_a_file_whose_parts_cannot_be_made_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    write_parts(file, ["old ", "text"])

    def parts() -> Iterator[str]:
        yield "new "
        raise TypeError("no JSON")

    with pytest.raises(TypeError, match="no JSON"):
        write_parts(file, parts())
    assert file.read_text() == "old text"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("kind", ["pipe", "socket", "link to a pipe", "folder"])
def test_only_a_file_is_replaced(tmp_path: Path, kind: str) -> None:
    place, pipe = tmp_path / "place", tmp_path / "pipe"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as bound:
        if kind == "pipe":
            pipe.rename(place)
        elif kind == "socket":
            bound.bind(str(place))
        elif kind == "folder":
            place.mkdir()
        else:
            place.symlink_to(pipe)
        before, there = place.lstat(), set(tmp_path.iterdir())
        for write in (lambda: write_parts(place, ["text"]), lambda: WholeLines(place)):
            with pytest.raises(OSError, match=r"a device or a pipe|Is a directory"):
                write()
    assert place.lstat() == before and set(tmp_path.iterdir()) == there


def test_no_name_among_the_devices_is_replaced() -> None:
    for name in ("/dev/null", "/dev/stdout"):  # which is a link, and may lead to a file
        with pytest.raises(OSError, match="a device or a pipe, and no file"):
            need_place(Path(name))


def test_a_link_to_a_file_is_replaced_as_that_to_the_last_run_is(tmp_path: Path) -> None:
    last, link = tmp_path / "last", tmp_path / "link"
    last.write_text("of the last run")
    link.symlink_to(last)
    write_parts(link, ["new"])
    assert (link.read_text(), last.read_text()) == ("new", "of the last run")
