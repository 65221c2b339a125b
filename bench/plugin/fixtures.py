"""The fixtures of the benchmark's test: the session, and the search at a grid point."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.jail import JailBroken
from bench.plugin.ahead import Ahead
from bench.plugin.hosts.arrival import controller_of
from bench.plugin.stash import AHEAD, ATTEMPTS, HEADWAY, JAIL, LINK, REGISTRY, RUN_ID, SETTINGS
from bench.proposers.proposer import BudgetSpent, Outage
from bench.question.grid import GridPoint
from bench.question.spec import DatasetError
from bench.record.undecided import budget_line
from bench.record.wording import printable
from bench.search.conclusion import Searched
from bench.search.session import Session
from targets import TargetFault
from targets.raw import RawTableMissing


@pytest.fixture(scope="session")
def llmpv(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The worker's event loop with its searches, jail and proposers."""
    stash = request.config.stash
    ahead = stash[AHEAD]
    jail, link = stash.get(JAIL, None), stash.get(LINK, None)
    ahead.searches = Session(
        stash[SETTINGS],
        stash[REGISTRY],
        stash[RUN_ID],
        ahead.coming,
        ahead.most,
        jail,
        None if link is None else controller_of(link, stash[SETTINGS]),
    )
    yield ahead.searches
    ahead.searches.close()
    ahead.searches = None


@pytest.fixture(scope="session")
def needs_recovery(llmpv: Session) -> bool:
    """Whether a point passes only where its program was tried as the rule, and not refuted."""
    return llmpv.settings.search.require_recovery


@pytest.fixture(scope="session")
def llmpv_ahead(request: pytest.FixtureRequest) -> Ahead:
    """Which test runs now. To make a `request` for each test takes pytest half a millisecond."""
    return request.config.stash[AHEAD]


@pytest.fixture
def searched(point: GridPoint, llmpv: Session, llmpv_ahead: Ahead) -> Searched:
    """What the search at a grid point left. An error where the question could not be put."""
    test = llmpv_ahead.now
    stash = test.stash
    with _as_pytest_calls_it(point, llmpv):
        if llmpv.settings.money.dry_run:
            stash[ATTEMPTS] = [llmpv.dry_run(point)]
            pytest.skip("dry run")
        search = llmpv.begin(test.nodeid, point)
        stash[ATTEMPTS] = search.attempts
        found = llmpv.wait(search, test.config.stash[HEADWAY].look)
        stash[ATTEMPTS] = list(found.attempts)
        return found


@contextmanager
def _as_pytest_calls_it(point: GridPoint, llmpv: Session) -> Iterator[None]:
    """Say in pytest's own ways why a question could not be put."""
    try:
        yield
    except BudgetSpent as spent:
        raise pytest.skip.Exception(printable(budget_line(str(spent)))) from None
    except RawTableMissing as missing:
        if llmpv.settings.grid.functions:
            line = printable(f"{point.id}: {missing}")
            raise pytest.fail.Exception(line, pytrace=False) from None
        raise pytest.skip.Exception(printable(str(missing))) from None
    except (Outage, DatasetError, TargetFault, JailBroken) as error:
        raise pytest.fail.Exception(printable(f"{point.id}: {error}"), pytrace=False) from None
