"""One browser for all tests of a process that look at pages: it takes seconds to start."""

from collections.abc import Iterator

import pytest

from tests.support import webdriver


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Browser]:
    if why := webdriver.missing():
        pytest.skip(why)
    with webdriver.browser(tmp_path_factory.mktemp("profile")) as found:
        yield found
