"""Files that are written whole, or stay as they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.record.whole import write_parts


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
