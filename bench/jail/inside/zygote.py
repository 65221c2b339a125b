"""The zygote: one long-lived process that has imported what candidates like to import, and forks a child for each.

It starts children, watches their CPU and wall time, kills them at a limit, and says how they ended.
It never sees a program, an input or a prediction: those go through pipes of which it only hands on
the ends. It leaves when the control socket closes, however the harness died, and its children with
it.
"""

import gc
import json
import os
import socket
import sys
from collections.abc import Callable
from importlib import import_module

from bench.jail.inside import birth, libraries, refusals, surroundings
from bench.jail.inside.keeper import Keeper
from bench.jail.walls import namespaces, privacy, restrict
from bench.jail.walls.restrict import Restrictions
from bench.jail.walls.sight import Proc

PRELOADED = (
    "array", "bisect", "bz2", "cmath", "collections", "copy", "ctypes", "datetime", "decimal", "enum", "fractions",
    "functools", "hashlib", "heapq", "itertools", "json", "lzma", "math", "operator", "random", "re", "statistics",
    "string", "struct", "typing", "zlib", "numpy", "numpy.random",
)  # fmt: skip
"""Imported before the first fork. numpy may be missing."""


def main(config_json: str) -> None:
    """Set up as CONFIG says, report the level of isolation, and serve until the harness is gone."""
    config = json.loads(config_json)
    # Children of another user have to see what is made here, whatever the harness's umask
    os.umask(0o022)
    os.chdir("/")
    found = libraries.find(config["site_packages"])
    sys.meta_path.append(found)
    refusals.expect(found.absent)
    missing = dict.fromkeys(config["without"], "left out")
    if sys.platform != "linux":
        missing |= dict.fromkeys(restrict.LINUX_PARTS, "needs Linux")

    def confined(part: str, enter: Callable[[], None]) -> None:
        if part not in missing:
            try:
                enter()
            except OSError as error:
                missing[part] = str(error)

    confined("namespaces", namespaces.enter)
    if "namespaces" in missing:
        missing.setdefault("private root", "needs namespaces")
    privacy.keep_private()  # from its children, as these are from one another: they come of it
    proc = Proc()
    if config["preload"]:
        _preload()
    confined("private root", lambda: namespaces.private_root(found.readable.places))
    restrictions = restrict.detect(found.readable, missing, proc)
    # At the lowest number, so that children close it
    control = socket.socket(fileno=os.dup(config["control"]))
    os.close(config["control"])
    surroundings.prepare()
    gc.collect()
    gc.freeze()  # the children's collections leave the shared pages alone
    keeper = _keeper(control, restrictions, proc)
    control.sendall(restrict.level(missing).encode() + b"\n")
    keeper.serve()


def _keeper(control: socket.socket, restrictions: Restrictions, proc: Proc) -> Keeper:
    """The keeper of the children, once a first one has shown that they can be born."""
    try:
        return Keeper(control, restrictions, proc, birth.rehearse(restrictions, proc))
    except OSError as error:
        os.write(2, f"{error}\n".encode())  # sys.stderr is a candidate's by now
        os._exit(1)


def _preload() -> None:
    libraries.load_c_runtime()
    for name in PRELOADED:
        try:
            import_module(name)
        # numpy is optional, and so are modules of the C libraries that Python was built without
        except ImportError:
            continue
