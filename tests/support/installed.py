"""A fresh environment with the project's wheel: what a user has who installs it."""

import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from subprocess import run

from packaging.requirements import Requirement

from tests.support.session import ROOT


def install(folder: Path) -> Path:
    """Build the wheel and install it in an environment in this folder; gives its bin folder.

    Nothing else is there but what the wheel declares that it needs, as links to this environment's
    own packages: so no network is asked, and a dependency that is not declared is missing.
    """
    _quietly(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist"))
    (wheel,) = (folder / "dist").iterdir()
    _quietly(sys.executable, "-m", "venv", "--without-pip", str(folder / "env"))
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    python = folder / "env" / "bin" / "python"
    pip = ("-m", "pip", "--python", str(python), "install", "--no-deps", "--no-compile")
    _quietly(sys.executable, *pip, "--no-index", "--disable-pip-version-check", str(wheel))
    (metadata,) = site.glob("llm_pv_bench-*.dist-info")
    for name in _needed(Distribution.at(metadata)):
        _link(name, site)
    return python.parent


def _needed(project: Distribution) -> list[str]:
    """The project's dependencies, and theirs, without any extra."""
    found: list[str] = []
    asked = [project]
    while asked:
        for line in asked.pop().requires or ():
            needed = Requirement(line)
            is_meant = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if is_meant and needed.name not in found and _is_here(needed.name):
                found.append(needed.name)
                asked.append(distribution(needed.name))
    return found


def _is_here(name: str) -> bool:
    try:
        return bool(distribution(name))
    except PackageNotFoundError:  # an environment may lack what a platform has no use for
        return False


def _link(name: str, site: Path) -> None:
    """Link to whatever this environment has of a distribution in its site-packages."""
    for file in distribution(name).files or ():
        top = file.parts[0]
        place = site / top
        if top not in ("..", "__pycache__") and not place.exists():
            place.symlink_to(Path(str(distribution(name).locate_file(top))))


def _quietly(*command: str) -> None:
    """Run a command; what it says is shown where it fails."""
    done = run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
