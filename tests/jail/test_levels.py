"""What the level says, and that what it says is so in a child."""

import json
import os
import resource
import sys
from pathlib import Path
from typing import cast

import pytest

from bench.jail import RIGHT_ONE, Isolation, detect
from bench.jail.isolation import lacking, parse
from bench.jail.outside.launch import JailBroken, start
from bench.jail.outside.preloaded import BARE
from bench.jail.walls.restrict import ALL_FILES
from tests.jail import ordinary
from tests.jail.caller import Caller, calling
from tests.support.session import words

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("given", "required", "enough"),
    [
        ("strong", "strong", True),
        ("strong", "process", True),
        ("partial", "partial", True),
        ("partial", "strong", False),
        ("process", "partial", False),
        ("process", "process", True),
    ],
)
def test_a_level_satisfies_those_up_to_it(given: str, required: str, enough: bool) -> None:
    assert Isolation(given).satisfies(required) is enough


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({}, "strong"),
        ({"namespaces": "no"}, "partial: no namespaces (no)"),
        ({"seccomp": "no: or so"}, "process: no seccomp (no: or so)"),
        (
            {"Landlock": "old", "private root": "no"},
            "process: no Landlock (old); no private root (no)",
        ),
    ],
)
def test_a_level_names_what_is_missing_and_why(missing: dict[str, str], says: str) -> None:
    isolation = lacking(missing)
    assert str(isolation) == says
    assert parse(says) == isolation


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'stronger'"):
        parse("stronger: no seccomp (left out)")


def test_what_is_left_out_is_named() -> None:
    assert "no seccomp (left out)" in detect(("seccomp",)).missing
    assert "no namespaces (left out)" in detect(("namespaces",)).missing


def test_a_zygote_that_does_not_start_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho first >&2\necho 'no such luck' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(JailBroken, match=r"^the jail does not start with .*: no such luck$"):
        start(())


def test_an_interpreter_that_is_gone_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(
        JailBroken, match=r"^the jail does not start with /nowhere/python: .*No such file"
    ):
        detect()


SELF_PORTRAIT = """
import ctypes, json, os, resource
def fds():
    for fd in range(64):
        try:
            os.fstat(fd)
        except OSError:
            continue
        yield fd
libc = ctypes.CDLL(None)
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
libc.capget(header, data)
raise ValueError(json.dumps({
    "fds": list(fds()),
    "environ": dict(os.environ),
    "ids": [os.getresuid(), os.getresgid(), os.getgroups()],
    "capabilities": sum(data),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "file": resource.getrlimit(resource.RLIMIT_FSIZE),
    "parent": os.getppid(),
}))
"""


def portrait(evaluate: Caller) -> dict[str, object]:
    detail = evaluate(SELF_PORTRAIT).detail
    assert detail is not None
    assert detail.startswith("ValueError: {"), detail
    found: dict[str, object] = json.loads(detail.removeprefix("ValueError: "))
    return found


def test_what_a_child_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with calling() as evaluate:
        found = portrait(evaluate)
        isolation = evaluate("def f(x): return 0").isolation
    assert found["fds"] == [0, 3, 4]
    assert found["environ"] == {}
    assert found["core"] == found["file"] == [0, 0]
    if sys.platform == "linux":
        assert found["capabilities"] == 0
    if isolation.level == "strong":
        assert found["parent"] == 1
        if os.getuid() == 0:
            users, groups, further = cast("list[list[int]]", found["ids"])
            assert min(users) > 65534, "ids that nobody has"
            assert (groups, further) == ([65534] * 3, [])


def test_a_harness_with_many_open_files() -> None:
    """The control socket has a high number then, and is still not left to a child."""
    many = 4200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * many:
        pytest.skip(f"no more than {hard} open files here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * many, hard))
    taken = [os.dup(0) for _ in range(many)]
    try:
        with calling() as evaluate:
            found = evaluate(
                "import os\ndef f(x):\n    os.fstat(int(x))\n    return 1",
                [str(fd) for fd in range(2 * many)],
            )
    finally:
        for fd in taken:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found.predictions is not None
    assert [fd for fd, code in enumerate(found.predictions) if code == RIGHT_ONE] == [0, 3, 4]


@pytest.mark.skipif(sys.platform != "linux", reason="reads another process's limits")
def test_a_zygote_opens_no_file_beyond_those_that_a_child_closes() -> None:
    zygote = start(BARE, ("namespaces",))  # and is the started process itself without these
    limits = resource.prlimit(zygote.process.pid, resource.RLIMIT_NOFILE)
    zygote.stop()
    assert max(limits) <= ALL_FILES


@pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0, reason="this user is an ordinary one already"
)
def test_the_suite_as_an_ordinary_user() -> None:
    """What depends on the user, again as uid 1000: threads, signals, files, capabilities."""
    hostile = "socket_tcp or _fork or passwd or write_everywhere or environ or kill or groups"
    besides = "threads or memory_is or gives_the_level or child_has_left"
    chosen = ("-k", f"({hostile} or {besides}) and not partial")
    pytest_there = words("-m pytest -q -x -pno:cacheprovider -pno:hypothesispytest")
    rooms = ("contract", "hostile", "interpreter", "levels", "neighbours")
    files = [str(Path(__file__).with_name(f"test_{name}.py")) for name in rooms]
    done = ordinary.python(*pytest_there, *chosen, *files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
