"""The fixtures of the benchmark's test: the session, and the search at a grid point."""

from collections.abc import Iterator

import pytest

from bench.jail import JailBroken
from bench.plugin.stash import ATTEMPTS, RUN_ID, SETTINGS
from bench.proposers.base import BudgetSpent, Outage
from bench.question.grid import GridPoint
from bench.question.spec import DatasetError
from bench.record.wording import printable
from bench.search.conclusion import Searched
from bench.search.session import Session
from targets.raw import RawTableMissing


@pytest.fixture(scope="session")
def llmpv(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The worker's event loop, jail and proposers."""
    session = Session(request.config.stash[SETTINGS], request.config.stash[RUN_ID])
    yield session
    session.close()


@pytest.fixture
def searched(point: GridPoint, llmpv: Session, request: pytest.FixtureRequest) -> Searched:
    """The search at a grid point, done. An error of setup where the question could not be put."""
    attempts = request.node.stash[ATTEMPTS] = []
    try:
        if llmpv.settings.money.dry_run:
            attempts.append(llmpv.dry_run(point))
            pytest.skip("dry run")
        found = llmpv.search(point, attempts.append)
    except BudgetSpent as spent:
        raise pytest.skip.Exception(printable(f"budget: {spent}")) from None
    except RawTableMissing as missing:
        if llmpv.settings.grid.functions:
            line = printable(f"{point.id}: {missing}")
            raise pytest.fail.Exception(line, pytrace=False) from None
        raise pytest.skip.Exception(printable(str(missing))) from None
    except (Outage, DatasetError, JailBroken) as error:
        raise pytest.fail.Exception(printable(f"{point.id}: {error}"), pytrace=False) from None
    attempts[:] = found.attempts
    return found
