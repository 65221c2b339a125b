"""The report of a run that several were put together into."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.show import merged
from tests.run.test_shards import write


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (((60, 32), (60, 28)), (60, None)),
        (((70, 42), (70, 38)), (70, 10)),  # with -k besides
        (((28, None), (60, 28)), (60, None)),  # the first with -n
        (((28, None), (32, None)), (60, None)),
    ],
)
def test_the_joined_report_counts_what_one_run_would_have_collected(
    tmp_path: Path,
    parts: Sequence[tuple[int, int | None]],
    whole: tuple[int, int | None],
) -> None:
    def summary(collected: int, deselected: int | None, **counts: int) -> dict[str, int]:
        told = {"collected": collected, **counts}
        return told if deselected is None else told | {"deselected": deselected}

    folders = [write(tmp_path, 1), write(tmp_path, 2)]
    for folder, part in zip(folders, parts, strict=True):
        report = {"tests": [], "created": 1.0, "duration": 1.0, "summary": summary(*part, passed=5)}
        (folder / "report.json").write_text(json.dumps(report))
    out = tmp_path / "out"
    assert merged.main([*map(str, folders), "-o", str(out)]) == 0
    joined = json.loads((out / "report.json").read_text())["summary"]
    assert joined == summary(*whole, passed=10)
