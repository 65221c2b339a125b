"""What the commands print. Nothing in it can steer the terminal."""

import sys

from bench.record.wording import printable


def say(text: str) -> None:
    """Write the text, with its line ends, to standard output."""
    sys.stdout.write(printable(text))


def complain(line: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(printable(line) + "\n")
