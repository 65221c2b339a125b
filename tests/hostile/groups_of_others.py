# expect: ok; process: bad_output|ok
import os


def told():
    mine = os.getpid()
    for pid in range(1, 1 << 15):
        for ask in (os.getpgid, os.getsid, os.sched_getaffinity):
            try:
                if pid != mine:
                    ask(pid)
                    yield pid
            except ProcessLookupError:
                yield -pid
            except OSError:
                continue


REACHED = next(told(), None) is not None
OWN = os.getpgid(0) == os.getpgrp() and os.getsid(os.getpid()) == os.getsid(0) and os.sched_getaffinity(0)


def f(x):
    return 2 if REACHED or not OWN else x.count("1") % 2
