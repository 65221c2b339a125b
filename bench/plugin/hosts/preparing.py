"""`llm-pv remote HOST...`: brings the benchmark to hosts over ssh, and prints their `--tx`."""

import argparse
import io
import json
import shlex
import subprocess
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distributions, requires
from pathlib import Path
from typing import Any

from bench.plugin.hosts import there
from bench.plugin.hosts.fingerprint import SOURCE
from bench.record.say import complain, say
from llm_pv_bench import BENCH

PROG = "python -m bench.remote"

SSH = (
    *("-o", "BatchMode=yes", "-o", "ConnectTimeout=10"),
    *("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4"),
)
"""Nobody is there to be asked, and a host that is cut off is to be found out within a minute."""

_TOPS = ("bench", "targets", "llm_pv_bench.py", "conftest.py", "pytest.ini")
"""What of this machine's source a host needs; a checkout has all of it."""

_FIND = """for p in {names}; do
  "$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exec "$p" -c {begin}
done
exit 127"""
_BEGIN = "import sys; exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))"
_NAMES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")


class NotPrepared(Exception):
    """Why a host is not prepared, in one line."""


def main(arguments: Sequence[str] | None = None, prog: str = PROG) -> int:
    """Prepare each host, and print its `--tx`; 1 where one could not be prepared."""
    given = _parser(prog).parse_args(arguments)
    asked = {
        "dir": given.dir,
        "python": given.python,
        "wheels": bool(given.wheels),
        "requirements": [] if given.python else list(_requirements(given.extra)),
        "constraints": sorted({f"{d.name}=={d.version}" for d in distributions() if d.name}),
    }
    try:
        for option, value in (("--dir", given.dir), ("--python", given.python or "")):
            _need_plain(option, value)
        source, asked["tops"] = _source(given.wheels)
    except (NotPrepared, OSError) as error:
        complain(f"{prog}: {error}")
        return 2
    # ssh takes the first value that it is given for an option.
    options = [*(word for text in given.ssh for word in shlex.split(text)), *SSH]
    names = (given.base,) if given.base else _NAMES
    failed = 0
    for host in given.hosts:
        try:
            told = _prepared([*options, host], asked, source, names)
        except NotPrepared as why:
            complain(f"{prog}: {host}: {why}")
            failed += 1
            continue
        complain(f"{host}: prepared in {told['folder']}, Python {told['version']}")
        if not told["has_key"]:
            complain(f"{host}: ssh finds no OPENAI_API_KEY there; see docs/hosts.md")
        say(f"--tx {shlex.quote(tx_of([*options, host], told, given.workers))}\n")
    return 1 if failed else 0


def tx_of(ssh: Sequence[str], told: Mapping[str, Any], workers: int) -> str:
    """The value of `--tx` for a host that is prepared."""
    many = f"{workers}*" if workers > 1 else ""
    return f"{many}ssh={' '.join(ssh)}//python={told['python']}//chdir={told['folder']}"


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Bring the benchmark to hosts over ssh, and print the --tx of each.",
    )
    add = parser.add_argument
    add("hosts", nargs="+", metavar="HOST", help="as ssh takes it: a name, or user@name")
    add("--dir", default="llm-pv", help="the folder there; %(default)s in the home by default")
    add("--base", metavar="PYTHON", help="interpreter to make the environment there with")
    add("--python", metavar="PATH", help="interpreter there that has all: nothing is installed")
    add("--wheels", type=Path, metavar="DIR", help="wheels to bring along, instead of an index")
    add("--extra", action="append", default=[], metavar="NAME", help="as learners")
    add("--ssh", action="append", default=[], metavar="OPTIONS", help="as --ssh='-p 2222'")
    add("--workers", type=int, default=1, metavar="N", help="workers on each host; %(default)s")
    return parser


def _need_plain(name: str, text: str) -> None:
    """Raise NotPrepared for a text that `--tx` cannot hold, or a shell would take apart."""
    if any(character.isspace() or character in "'\"\\$`;&|<>(){}*" for character in text):
        raise NotPrepared(f"{name}: {text!r} is not allowed; give a path without such characters")
    if "//" in text:
        raise NotPrepared(f"{name}: {text!r} is not allowed; --tx has another use for //")


def _requirements(extras: Sequence[str]) -> Iterator[str]:
    """What the benchmark needs, as its own metadata says. Raises SystemExit without any."""
    try:
        told = requires("llm-pv-bench") or []
    except PackageNotFoundError:
        raise SystemExit(f"{PROG}: this benchmark is not installed: pip install -e .") from None
    for line in told:
        name, _, marker = line.partition(";")
        of_extra = marker.partition("extra ==")[2].strip(" '\"")
        if not of_extra or of_extra in extras:
            yield name.strip()


def _source(wheels: Path | None) -> tuple[bytes, list[str]]:
    """A tar of this machine's source, with wheels; and the names in it. Raises OSError."""
    root, packed, tops = BENCH.parent, io.BytesIO(), []
    with tarfile.open(fileobj=packed, mode="w") as source:
        for name in _TOPS:
            if (root / name).exists():
                source.add(root / name, name, filter=_without_compiled)
                tops.append(name)
        if wheels is not None:
            source.add(wheels, "wheels")
            tops.append("wheels")
    return packed.getvalue(), tops


def _without_compiled(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in entry.name else entry


def _prepared(
    ssh: Sequence[str], asked: Mapping[str, Any], source: bytes, names: Sequence[str]
) -> dict[str, Any]:
    """What a host says once it is prepared. Raises NotPrepared."""
    script = Path(there.__file__).read_bytes()
    told = f"{len(script)}\n".encode() + script + f"{json.dumps(asked)}\n".encode() + source
    command = _FIND.format(names=" ".join(map(shlex.quote, names)), begin=shlex.quote(_BEGIN))
    try:
        done = subprocess.run(
            ["ssh", *ssh, f"sh -c {shlex.quote(command)}"],
            input=told,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise NotPrepared(f"ssh cannot be started here: {error.strerror}") from None
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["it says nothing"]
    if done.returncode == 255:
        raise NotPrepared(f"ssh does not reach it: {said[-1]}")
    if done.returncode == 127:
        raise NotPrepared("no Python 3.11 or newer there; name one with --base")
    return _read(done.stdout, said[-1])


def _read(stdout: bytes, said: str) -> dict[str, Any]:
    """What the host told. Raises NotPrepared where it failed, or is no host of ours."""
    try:
        told = json.loads(stdout.strip().splitlines()[-1])
        if "failed" in told:
            raise NotPrepared(f"{told['failed']}: {' '.join(str(told['why']).split())}")
        folder, python, version = (str(told[name]) for name in ("folder", "python", "version"))
        found, has_key = told["source"], told["has_key"] is True
    except (ValueError, LookupError, TypeError):
        raise NotPrepared(f"it says nothing that can be read: {said}") from None
    for text in (folder, python):
        _need_plain("its folder", text)
    if found != SOURCE:
        raise NotPrepared("its python imports another benchmark than the one that was brought")
    return {"folder": folder, "python": python, "version": version, "has_key": has_key}
