"""The zygote: a long-lived process that forks a child for each candidate.

It has imported what candidates often import. It watches the CPU and wall time of its children,
kills them at a limit, and tells how they ended. It never sees a program, an input or a prediction:
those go through pipes whose ends it only hands on. It ends, with its children, when the control
socket closes, however the harness died.
"""

import _signal
import _socket
import gc
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from bench.jail import isolation
from bench.jail.inside import birth, child, libraries, refusals, surroundings
from bench.jail.inside.keeper import Keeper
from bench.jail.walls import namespaces, privacy, restrict
from bench.jail.walls.restrict import Restrictions
from bench.jail.walls.sight import Proc


def main(descriptor: str, preload: str, without: str, *site_packages: str) -> None:
    """Set up, report the level of isolation, and serve until the harness is gone.

    `preload` has names of modules, `without` parts of the isolation, with commas between them.
    """
    _take_low_descriptors()
    _be_as_expected()
    found = libraries.find(site_packages)
    sys.meta_path.append(found)
    refusals.expect(found.absent)
    missing = dict.fromkeys(filter(None, without.split(",")), "left out")
    if sys.platform != "linux":
        missing |= dict.fromkeys(restrict.LINUX_PARTS, "needs Linux")
    _enter("namespaces", namespaces.enter, missing)
    if "namespaces" in missing:
        missing.setdefault("private root", "needs namespaces")
    privacy.keep_private()  # from its children; they inherit it, and so are private to each other
    proc = Proc()
    surroundings.fit_imports()
    names = list(filter(None, preload.split(",")))
    libraries.preload(names)
    interpret = _interpreter() if "numpy" in names else child.main
    _enter("private root", lambda: namespaces.private_root(found.readable.places), missing)
    restrictions = restrict.detect(found.readable, missing, proc)
    restrict.settle()
    control = _socket.socket(fileno=os.dup(int(descriptor)))
    os.close(int(descriptor))
    _take_low_descriptors()
    surroundings.prepare()
    libraries.give_memory_back()
    child.warm_up()
    birth.warm_up()
    child.prepare()
    gc.freeze()  # so that garbage collection in children does not copy the shared pages
    keeper = _keeper(control, restrictions, proc, interpret)
    control.sendall(f"{isolation.lacking(missing)}\n".encode())
    keeper.serve()


def _be_as_expected() -> None:
    """Take on nothing that depends on how the harness was started."""
    # Children run as another user, and have to see what is made here.
    os.umask(0o022)
    # Where this signal is ignored, the kernel keeps no child's end to tell.
    _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
    os.chdir("/")


def _enter(part: str, enter: Callable[[], None], missing: dict[str, str]) -> None:
    """Enter a part of the isolation that is not missing yet, or add why it is."""
    if part not in missing:
        try:
            enter()
        except OSError as error:
            missing[part] = str(error)


def _take_low_descriptors() -> None:
    """Open /dev/null at those that children move their pipes to, so that nothing else is there."""
    while os.dup(0) < birth.STATUS_FD:
        pass


def _interpreter() -> Callable[[], NoReturn]:
    """What a child that stays runs. It is imported where it is needed: it makes a child dearer."""
    from bench.jail.inside import interpreter

    return interpreter.main


def _keeper(
    control: _socket.socket,
    restrictions: Restrictions,
    proc: Proc,
    interpret: Callable[[], NoReturn],
) -> Keeper:
    """The keeper of the children, once a first child has run a program that does nothing."""
    try:
        return Keeper(control, restrictions, proc, birth.rehearse(restrictions, proc), interpret)
    except OSError as error:
        os.write(2, f"{error}\n".encode())  # sys.stderr is already the candidates' silent one
        os._exit(1)
