"""The spelling of a tabular input: `x0:1.5,x1:c3` is the features x0 = 1.5 and x1 = "c3".

Standard library only.
"""

import re

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def parse_features(line: str) -> dict[str, float | str]:
    """The features by name: a plain decimal number as a float, any other value as a string."""
    pairs = (item.partition(":") for item in line.split(","))
    return {name: float(value) if _NUMBER.fullmatch(value) else value for name, _, value in pairs}
