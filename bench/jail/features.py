"""The spelling of a tabular input: `x0:1.5,x1:c3` is the features x0 = 1.5 and x1 = "c3".

Standard library only.
"""


def parse_features(line: str) -> dict[str, float | str]:
    """The features by name: a plain decimal number as a float, any other value as a string."""
    pairs = (item.partition(":") for item in line.split(","))
    return {name: float(value) if _is_number(value) else value for name, _, value in pairs}


def _is_number(value: str) -> bool:
    """Whether it is digits, with a minus before and a point between them if need be."""
    whole, point, fraction = value.removeprefix("-").partition(".")
    return value.isascii() and whole.isdigit() and (not point or fraction.isdigit())
