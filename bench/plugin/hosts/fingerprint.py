"""Whether two machines have the same benchmark: one hash over its source."""

import hashlib
from pathlib import Path

from llm_pv_bench import BENCH


def _hashed(root: Path) -> str:
    found = hashlib.sha256()
    for package in ("bench", "targets"):
        for file in sorted((root / package).rglob("*.py")):
            found.update(f"{file.relative_to(root).as_posix()}\0".encode())
            found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


SOURCE = _hashed(BENCH.parent)
"""Of what this process has imported, even where the files change while it runs."""
