# expect: violation|load_error
from pathlib import Path

LINES = Path("datasets/parity_all/L50").read_text().splitlines()


def f(x):
    return x.count("1") % 2
