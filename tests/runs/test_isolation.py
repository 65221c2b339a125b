"""Whole runs on a machine that isolates less than the user requires."""

import sys

import pytest

from tests.support.session import Bench


@pytest.mark.skipif(sys.platform != "linux", reason="another default")
@pytest.mark.parametrize(
    ("required", "refused"),
    [
        ([], "partial"),
        (["--require-isolation", "strong"], "strong"),
        (["--require-isolation", "process"], None),
    ],
)
def test_a_run_refuses_to_start_below_the_required_level(
    bench: Bench, required: list[str], refused: str | None
) -> None:
    grid = ("--functions", "fn_a", "--lengths", "20")
    done = bench("-q", "-ptests.support.without_seccomp", *grid, *required)
    if refused is None:
        assert done.returncode == 0, done.stdout + done.stderr
        return
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    (line,) = filter(None, done.stderr.splitlines())  # pytest puts an empty line after it
    assert line.startswith(
        f"ERROR: --require-isolation: {refused} is required, and this machine gives process: "
    )
    assert "no seccomp (left out)" in line
    assert not list(bench.folder.iterdir()), "nothing was begun"
