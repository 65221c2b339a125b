"""The program of a zygote process: `python -P -s -S -B boot.py CONFIG_JSON`. See zygote.py.

The zygote must be small, and its children inherit all it holds. So `bench` and `bench.jail` are entered as bare
packages, whose `__init__` (with the harness's side and its event loop) is never run.
"""

import sys
from pathlib import Path
from types import ModuleType


def _bare_package(name: str, folder: Path) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    _bare_package("bench", here.parent)
    _bare_package("bench.jail", here)
    from bench.jail import zygote

    zygote.main(sys.argv[1])
