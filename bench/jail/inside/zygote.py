"""The zygote: a long-lived process that forks a child for each candidate.

It has imported what candidates often import. It watches the CPU and wall time of its children,
kills them at a limit, and tells how they ended. It never sees a program, an input or a prediction:
those go through pipes whose ends it only hands on. It ends, with its children, when the control
socket closes, however the harness died.
"""

import gc
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from bench.jail import isolation
from bench.jail.inside import birth, child, libraries, refusals, surroundings
from bench.jail.inside.keeper import Keeper
from bench.jail.walls import namespaces, privacy, restrict
from bench.jail.walls.restrict import Restrictions
from bench.jail.walls.sight import Proc


def main(config_json: str) -> None:
    """Set up as CONFIG says, report the level of isolation, and serve until the harness is gone."""
    config = json.loads(config_json)
    # Children run as another user, and have to see what is made here, whatever the umask was.
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
    privacy.keep_private()  # from its children; they inherit it, and so are private to each other
    proc = Proc()
    if config["preload"]:
        _preload(config["preload"])
    confined("private root", lambda: namespaces.private_root(found.readable.places))
    restrictions = restrict.detect(found.readable, missing, proc)
    # At the lowest free descriptor, so that children close it.
    control = socket.socket(fileno=os.dup(config["control"]))
    os.close(config["control"])
    surroundings.prepare()
    child.warm_up()
    gc.collect()
    gc.freeze()  # so that garbage collection in children does not copy the shared pages
    keeper = _keeper(control, restrictions, proc)
    control.sendall(f"{isolation.lacking(missing)}\n".encode())
    keeper.serve()


def _keeper(control: socket.socket, restrictions: Restrictions, proc: Proc) -> Keeper:
    """The keeper of the children, once a first child has run a program that does nothing."""
    try:
        return Keeper(control, restrictions, proc, birth.rehearse(restrictions, proc))
    except OSError as error:
        os.write(2, f"{error}\n".encode())  # sys.stderr is already the candidates' silent one
        os._exit(1)


def _preload(names: Sequence[str]) -> None:
    libraries.load_c_runtime()
    for name in names:
        try:
            import_module(name)
        # numpy is optional, and so are modules for C libraries that Python was built without.
        except ImportError:
            continue
