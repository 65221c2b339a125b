"""Options by their names, for tests: as the records that a function takes."""

from typing import Any

from bench.options.resolve import assemble
from bench.options.settings import (
    AskingOptions,
    DataOptions,
    GridOptions,
    MoneyOptions,
    QuestionOptions,
)


def gridded(**options: Any) -> tuple[GridOptions, QuestionOptions, DataOptions]:
    """What `points` takes."""
    settings = assemble(**options)
    return settings.grid, settings.question, settings.data


def asked(**options: Any) -> tuple[QuestionOptions, AskingOptions]:
    """What the APIs take."""
    settings = assemble(**options)
    return settings.question, settings.asking


def priced(**options: Any) -> tuple[AskingOptions, MoneyOptions]:
    """What `price_of` takes."""
    settings = assemble(**options)
    return settings.asking, settings.money
