"""What a candidate at `process` can read of the harness, which has key and labels: nothing."""

import sys

import pytest

from tests.jail import ordinary

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

HARNESS = """
import os, subprocess, sys
import anyio
from bench.jail import Jail, Limits, keep_private

READS = '''
import ctypes
libc = ctypes.CDLL(None)
def f(x):
    return libc.open(b"/proc/" + x.encode(), 0) >= 0
'''

async def main():
    jail = Jail(without=("namespaces", "Landlock", "seccomp"))
    zygote = await jail.running()
    other = subprocess.Popen(["sleep", "60"])
    pids = (os.getpid(), zygote.process.pid, other.pid)
    places = [f"{pid}/{name}" for pid in pids for name in ("environ", "mem")]
    verdict = await jail.evaluate(READS, places, "text", Limits(cpu_seconds=5, memory_mib=256))
    print(verdict.predictions.hex(), verdict.isolation)
    other.kill()
    other.wait()
    await jail.aclose()

if "keep" in sys.argv:
    keep_private()
anyio.run(main)
"""
"""Has a candidate open environment and memory of the harness, of the zygote and of any process of
this user.
"""


@pytest.mark.parametrize(("argument", "read"), [("keep", "00000000"), ("", "01010000")])
def test_a_candidate_cannot_read_the_harness(argument: str, read: str) -> None:
    done = ordinary.python("-c", HARNESS, argument, environment={"OPENAI_API_KEY": "sk-secret"})
    assert done.returncode == 0, done.stderr
    predictions, _, isolation = done.stdout.partition(" ")
    assert isolation.startswith("process")
    harness_and_zygote, other = predictions[:8], predictions[8:]
    assert harness_and_zygote == read
    assert other[:2] == "01", "the search itself must find what is there"


def test_a_run_keeps_itself_private() -> None:
    script = (
        "import ctypes, pytest, sys\n"
        "sys.exit(pytest.main(sys.argv[1:]) or ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    arguments = ("bench", "--collect-only", "-q", "--functions=fn_a", "-pno:cacheprovider")
    done = ordinary.python("-c", script, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
