"""How many searches a process can have in flight with the files that it may open."""

import os
import resource

import structlog

from bench.options.model_names import IN_CONTEXT
from bench.options.settings import Settings
from bench.record.tools import PYTHON
from bench.search.in_context import WIDTH

OTHER_FILES, FILES_A_SEARCH = 256, 6
"""Files that a process may open: of its own, and of each search in flight (its connection, and the
pipes of its interpreter)."""

_LEAST_OTHER, _A_PROCESSOR = 40, 5
"""Files of its own that it needs, and those of a candidate on each processor."""

log = structlog.get_logger(__name__)


def searches_at_once(settings: Settings) -> int:
    """How many of `--concurrency` can be in flight, once more files are allowed where they can be.

    Where a reply finds no file left, what it takes to read it may be missing: it is paid for.
    """
    wanted, question = settings.asking.concurrency, settings.question
    # Each model has connections of its own, and one that is asked for labels uses others as well.
    each = len(question.model) + any(model.startswith(IN_CONTEXT) for model in question.model)
    if PYTHON in question.tools:
        each += FILES_A_SEARCH - 1
    others = _LEAST_OTHER + _A_PROCESSOR * (os.cpu_count() or 1)
    usual = OTHER_FILES + FILES_A_SEARCH * (wanted + max(wanted, WIDTH))
    allowed = _allow(max(usual, others + each * wanted))
    # On a machine of many processors so few searches as there is room for have fewer candidates.
    few = (allowed - _LEAST_OTHER) // (each + _A_PROCESSOR)
    room = max(1, few, (allowed - others) // each)
    if room < wanted and not settings.asking.batch:
        why = f"this process may open {allowed} files: raise the limit (ulimit -n)"
        log.warning("waiting", detail=f"--concurrency {wanted}: {room} at once, as {why}")
    return min(room, wanted)


def _allow(count: int) -> int:
    """Let this process open so many files, or as many as the system lets it; how many it may.

    Many systems begin with 1,024.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return count
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    return max(soft, most)
