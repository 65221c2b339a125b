"""Whether a process that a test left behind still runs."""

import os
import time
from pathlib import Path


def is_running(pid: int) -> bool:
    """Whether a process is there that has not ended: one that nobody waited for has."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return False
        if state == "Z":
            return False
        time.sleep(0.01)
    return True
