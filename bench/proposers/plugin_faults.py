"""What to say where code of somebody else's fails: one line that names whose it is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bench.proposers.proposer import BudgetSpent, Outage
from bench.record.wording import in_one_line


@contextmanager
def blaming(who: str) -> Iterator[None]:
    """Let whatever fails within name whose it is, as an outage. A spent budget is ours.

    Also what is no Exception, as `sys.exit` and `pytest.skip` raise it: it would end the event
    loop, with what others are paid for at that moment.
    """
    try:
        yield
    except (BudgetSpent, KeyboardInterrupt, GeneratorExit):
        raise
    except asyncio.CancelledError as error:
        if _is_stopped():
            raise
        raise _outage_of(who, error) from error
    except BaseException as error:
        raise _outage_of(who, error) from error


def _is_stopped() -> bool:
    """Whether we stop what runs: else somebody else waits for what they cancelled themselves."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # there is no event loop
        return False
    return task is not None and task.cancelling() > 0


def _outage_of(who: str, error: BaseException) -> Outage:
    """The error as an outage. It ends the point alone, as it is no sign of a server."""
    if isinstance(error, Outage):
        return type(error)(f"{who}: {error}", error.ends, error.status)
    return Outage(f"{who}: {in_one_line(error)}", "point")
