"""What to say where code of somebody else's fails: one line that names whose it is."""

from bench.proposers.proposer import Outage
from bench.record.wording import printable


def told(error: BaseException) -> str:
    """An exception in one line."""
    return printable(" ".join(f"{type(error).__name__}: {error}".split()))


def outage_of(who: str, error: BaseException) -> Outage:
    """The error as an outage. It ends the point alone, as it is no sign of a server."""
    if isinstance(error, Outage):
        return type(error)(f"{who}: {error}", error.ends, error.status)
    return Outage(f"{who}: {told(error)}", "point")
