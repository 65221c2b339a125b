"""What to say where code of somebody else's fails: one line that names whose it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.proposers.proposer import BudgetSpent, Outage
from bench.record.wording import in_one_line


@contextmanager
def blaming(who: str) -> Iterator[None]:
    """Let whatever fails within name whose it is, as an outage. A spent budget is ours."""
    try:
        yield
    except BudgetSpent:
        raise
    except (Exception, SystemExit) as error:
        raise _outage_of(who, error) from error


def _outage_of(who: str, error: BaseException) -> Outage:
    """The error as an outage. It ends the point alone, as it is no sign of a server."""
    if isinstance(error, Outage):
        return type(error)(f"{who}: {error}", error.ends, error.status)
    return Outage(f"{who}: {in_one_line(error)}", "point")
