"""Values as texts: what each kind takes, in the benchmark's options and in those of commands."""

import argparse

import pytest

from bench.options.arguments import argument
from bench.options.values import ValueKind, listed, number, share, whole

ODD = ("+5", "1_0", "-1", "\u0663", "", " ", "five", "0x5", "1e", "inf", "nan", "9" * 5000)
"""Texts that Python itself takes for numbers, and others."""


@pytest.mark.parametrize("kind", [whole(0), number(zero=True), share(0.5), listed(whole(1))])
@pytest.mark.parametrize("text", ODD)
def test_an_odd_number_is_refused_in_our_words(kind: ValueKind, text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        argument(kind)(text)
    said = str(refused.value)
    shown = text if len(text) < 100 else f"{text[:50]}…{text[-49:]}"
    assert said.startswith(f"{shown!r} is not allowed; give a") and "\n" not in said


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (whole(0), "0", 0),
        (whole(2, even=True), " 10 ", 10),
        (number(), "0.25", 0.25),
        (number(), "1e+16", 1e16),
        (number(), "1e-05", 1e-5),
        (share(0.5), "0.95", 0.95),
        (listed(whole(1)), "20, 30,20", (20, 30)),
    ],
)
def test_a_usual_one_is_taken(kind: ValueKind, text: str, value: object) -> None:
    assert argument(kind)(text) == value
