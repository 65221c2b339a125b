"""Options of pytest and of its plugins with which a run of the benchmark would make no sense."""

import pytest


def refuse_senseless(config: pytest.Config) -> None:
    """Raises UsageError for them, in one line."""
    if not __debug__ and config.getvalue("assertmode") == "plain":
        raise pytest.UsageError(
            "--assert=plain: Python leaves out assertions (-O, PYTHONOPTIMIZE), so that every point would pass; "
            "give one of the two alone"
        )
