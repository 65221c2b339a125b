"""The key figures of a page."""

from pathlib import Path
from typing import Any

import pytest

from bench.run.readback import load
from bench.show.page.breakdown import key_figures
from tests.support.made import SHA, search, write


@pytest.mark.parametrize(
    ("second", "figure"),
    [
        ({}, ("$0.020", "US dollars")),
        ({"replayed": True}, ("$0.020", "$0.010 paid now, the rest before")),
        ({"cost_usd": None}, ("$0.010", "US dollars; without 1 attempt of unknown cost")),
    ],
)
def test_the_cost_says_what_is_not_in_it(
    tmp_path: Path, second: dict[str, Any], figure: tuple[str, str]
) -> None:
    attempts = [*search(), *search(SHA, **second)]
    figures = {name: said for name, *said in key_figures(load(write(tmp_path, attempts)))}
    assert tuple(figures["Cost"]) == figure
