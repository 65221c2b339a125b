"""Runs on a host that is prepared, before anything of ours is there: the standard library alone.

Standard input has a line of JSON, and behind it a tar of the source. Standard output gets a line of
JSON: where the host is prepared, or at which step that failed, and why.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

_CHECK = """
import os, platform
from bench.plugin.hosts.fingerprint import SOURCE
import bench.plugin.hosts.probe
print(SOURCE, platform.python_version(), bool(os.environ.get("OPENAI_API_KEY")))
"""


class StepFailed(Exception):
    """A step that failed: its name, and why."""


def main() -> None:
    """Prepare this host as standard input says."""
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        folder = Path(os.path.realpath(Path(asked["dir"]).expanduser()))
        _unpack(folder, asked["tops"])
        python = asked["python"] or _environment(folder, asked)
        told = {"folder": str(folder), "python": python, **_checked(folder, python)}
    except StepFailed as failed:
        told = {"failed": failed.args[0], "why": failed.args[1]}
    except OSError as error:
        told = {"failed": "files", "why": f"{error.filename}: {error.strerror}"}
    sys.stdout.write(json.dumps(told) + "\n")


def _unpack(folder: Path, tops: list[str]) -> None:
    """Put the source into its place: what is there of an earlier one goes."""
    new = folder / ".new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as source:
        if hasattr(tarfile, "data_filter"):  # Python 3.11 has it from 3.11.4 on
            source.extraction_filter = tarfile.data_filter
        source.extractall(new)  # noqa: S202 - whoever sent this script made it as well
    for name in tops:
        place = folder / name
        if place.is_dir():
            shutil.rmtree(place)
        (new / name).replace(place)
    shutil.rmtree(new)


def _environment(folder: Path, asked: dict[str, Any]) -> str:
    """The interpreter of the folder's environment, which has what is required."""
    place, lists = folder / ".venv", folder / ".prepared"
    python = place / "bin" / "python"
    wanted = json.dumps([asked["requirements"], asked["constraints"], sys.version])
    stamp, digest = place / ".prepared", hashlib.sha256(wanted.encode()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == digest:
        return str(python)
    if not python.exists():
        _do("environment", [sys.executable, "-m", "venv", str(place)])
    lists.mkdir(exist_ok=True)
    for name in ("requirements", "constraints"):
        (lists / name).write_text("".join(f"{line}\n" for line in asked[name]))
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if asked["wheels"]:
        pip += ["--no-index", "--find-links", str(folder / "wheels")]
    _do("pip", [*pip, "-c", str(lists / "constraints"), "-r", str(lists / "requirements")])
    stamp.write_text(digest)
    return str(python)


def _checked(folder: Path, python: str) -> dict[str, Any]:
    """What the benchmark there says of itself."""
    *_, said = _do("import", [python, "-c", _CHECK], cwd=folder).split("\n")
    source, version, has_key = said.split()
    return {"source": source, "version": version, "has_key": has_key == "True"}


def _do(step: str, command: list[str], cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    except OSError as error:
        raise StepFailed(step, f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
        errors = [line for line in lines if line.startswith("ERROR")] or lines
        raise StepFailed(step, " ".join(errors if errors is not lines else lines[-1:])[:500])
    return done.stdout.strip()


if __name__ == "__main__":
    main()
