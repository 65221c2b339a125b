"""A host as far as files go: a folder with the benchmark's source, and nothing else of ours."""

import shutil
from pathlib import Path

from tests.support.session import ROOT

SOURCE = ("bench", "targets", "conftest.py", "llm_pv_bench.py", "pytest.ini")


def prepare(folder: Path) -> Path:
    """Make the folder what `llm-pv remote` makes of one on a host; compiled modules come along."""
    folder.mkdir(parents=True)
    for name in SOURCE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


def workers_of(run: int) -> list[int]:
    """The process ids of a run's workers in other folders."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
            command = (stat.parent / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == run and b"sys.stdin.readline" in command:
            found.append(int(stat.parent.name))
    return sorted(found)
