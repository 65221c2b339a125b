"""Runs something as an ordinary user, where the suite itself runs as root."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BECOME_ORDINARY = """
import os, sys
from pathlib import Path
from bench.jail.walls import linux
linux.unshare(linux.CLONE_NEWUSER)
Path("/proc/self/setgroups").write_text("deny")
Path("/proc/self/uid_map").write_text("1000 0 1")
Path("/proc/self/gid_map").write_text("1000 0 1")
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Goes on as uid 1000 without a capability, that still owns what root owns: the interpreter may be
root's alone.
"""


def python(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python as an ordinary user. Skips the test where this user may not make one."""
    command = [sys.executable, *(("-c", BECOME_ORDINARY) if os.getuid() == 0 else ()), *arguments]
    given = None if environment is None else os.environ | environment
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr:
        pytest.skip("no user namespaces here")
    return done
