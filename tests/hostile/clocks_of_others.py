# expect: ok; process: bad_output|ok
import os
import time


def clocks():
    mine = os.getpid()
    for pid in range(1, 1 << 15):
        if pid == mine:
            continue
        for clock in (~pid << 3 | 2, ~pid << 3):
            for ask in (time.clock_gettime, time.clock_getres):
                try:
                    ask(clock)
                except OSError:
                    continue
                yield pid


REACHED = next(clocks(), None) is not None
OWN = time.process_time() > 0 and time.thread_time() > 0 and time.monotonic() > 0
OWN = OWN and time.clock_gettime(~os.getpid() << 3 | 2) > 0 and time.clock_gettime(~0 << 3 | 2) > 0
OWN = OWN and time.clock_gettime(time.pthread_getcpuclockid(__import__("threading").get_ident())) > 0


def f(x):
    return 2 if REACHED or not OWN else x.count("1") % 2
