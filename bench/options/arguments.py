"""The kinds of value that the benchmark's options take, for the options of commands."""

import argparse
from collections.abc import Callable
from typing import Any

from bench.options.values import ValueKind


def argument(kind: ValueKind) -> Callable[[str], Any]:
    """What argparse takes as the `type` of an option: it refuses in the benchmark's own words."""

    def read(text: str) -> Any:
        try:
            return kind.read(text)
        except ValueError as refused:
            raise argparse.ArgumentTypeError(str(refused)) from None

    return read
