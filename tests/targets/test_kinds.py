"""What is known of each kind of input."""

from configparser import ConfigParser
from pathlib import Path

import pytest

from targets.kinds import BINARY, DECIMAL, GRAPH, KINDS, TABULAR, Kind

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("x", "fits"),
    [
        ("0110", [BINARY, DECIMAL]),
        ("0910", [DECIMAL]),
        ("u01v02u02v03", [GRAPH]),
        ("x0:1.5,x1:c3", [TABULAR]),
        ("u1v2", []),
        ("", []),
        ("01\n", []),
    ],
)
def test_inputs_have_the_shape_of_their_kinds(x: str, fits: list[Kind]) -> None:
    assert [kind for kind in KINDS if kind.shape.fullmatch(x)] == fits


def test_a_prompt_gives_the_size_that_says_most() -> None:
    said = {kind: kind.described(characters=40, length=20) for kind in KINDS}
    assert said[BINARY] == "a string of 40 bits"
    assert said[DECIMAL] == "a string of 40 decimal digits"
    assert "40 characters" in said[GRAPH]
    assert said[TABULAR].endswith("20 features")
    about = TABULAR.described(characters=40, length=20, about="pulsars")
    assert about.endswith("20 features (pulsars)")


def test_every_kind_is_a_marker() -> None:
    parser = ConfigParser()
    parser.read(ROOT / "pytest.ini")
    markers = {line.partition(":")[0] for line in parser["pytest"]["markers"].splitlines()}
    assert {kind.name for kind in KINDS} <= markers
