"""The plots' geometry: values are where the axes say, inside the box, and none hides another."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.score.stats import Interval, kaplan_meier
from bench.show.page.plots import (
    Dot,
    Plot,
    accuracy_against_length,
    attempts_to_success,
    generalization,
    learning_curve,
)
from bench.show.page.series import colour, marker

SHARES = st.floats(0, 1)
INTERVALS = st.tuples(SHARES, SHARES).map(lambda ends: Interval(min(ends), max(ends)))
DOTS = st.lists(
    st.builds(Dot, st.integers(1, 5000), SHARES, st.none() | INTERVALS),
    min_size=1,
    max_size=6,
    unique_by=lambda dot: dot.x,
)
PERCENT = ["0%", "25%", "50%", "75%", "100%"]
CURVES = st.dictionaries(st.text("abc", min_size=1), DOTS, min_size=1, max_size=20)


def places(path: str) -> list[tuple[float, float]]:
    """The places that a path of absolute moves and lines goes to."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]


def labels(plot: Plot) -> tuple[list[str], list[str]]:
    return [tick.label for tick in plot.x_ticks], [tick.label for tick in plot.y_ticks]


def test_a_value_is_where_the_axis_says() -> None:
    dots = [Dot(20, 0.5), Dot(100, 1.0), Dot(60, 0.75)]
    plot = accuracy_against_length({"a": dots}, [(60, 0.5)])
    assert labels(plot) == (["20", "60", "100"], PERCENT)
    corners = list(
        zip(
            [tick.at for tick in plot.x_ticks],
            [tick.at for tick in plot.y_ticks[2:]],
            strict=True,
        )
    )
    (curve,) = plot.curves
    assert places(curve.line) == places(curve.marks) == corners
    assert places(plot.hollow) == [(plot.x_ticks[1].at, plot.y_ticks[2].at)]
    assert plot.chance == plot.y_ticks[2].at
    assert curve.intervals == ""


def test_all_plots_of_families_have_one_axis_of_accuracies() -> None:
    low, high = {"a": [Dot(20, 0.2)]}, {"a": [Dot(20, 0.9), Dot(50, 1.0)]}
    plots = [draw(curves) for curves in (low, high) for draw in (_against_length, generalization)]
    plots.append(learning_curve(high, is_accuracy=False))
    assert len({plot.y for plot in plots}) == 1
    assert [labels(plot)[1] for plot in plots] == [PERCENT] * 5


def _against_length(curves: dict[str, list[Dot]]) -> Plot:
    return accuracy_against_length(curves, [])


@pytest.mark.parametrize("draw", [accuracy_against_length, generalization])
def test_all_plots_of_families_have_one_axis_of_lengths(draw: Callable[..., Plot]) -> None:
    short, all_of_them = [Dot(20, 1.0), Dot(50, 1.0)], [Dot(n, 1.0) for n in (20, 50, 300)]
    singles: list[list[Any]] = [[]] if draw is accuracy_against_length else []
    plots = [draw({"a": dots}, *singles, ends=(20, 300)) for dots in (short, all_of_them)]
    assert plots[0].x == plots[1].x
    assert [t.label for t in plots[0].x_ticks] == ["20", "50"]
    assert plots[0].x_ticks == plots[1].x_ticks[:2]


def test_an_interval_has_a_cap_at_each_end_also_of_the_axis() -> None:
    drawn = _against_length({"a": [Dot(20, 0.9, Interval(0.0, 1.0))]})
    bar = drawn.curves[0].intervals
    assert bar.count("h") == 2
    assert {y for _, y in places(bar)} == {drawn.y_ticks[0].at, drawn.y_ticks[-1].at}


def test_equal_curves_lie_side_by_side_and_differ_by_more_than_colour() -> None:
    dots = [Dot(20, 1.0), Dot(100, 1.0)]
    for plot in (
        accuracy_against_length({"a": dots, "b": dots}, []),
        generalization({"a": dots, "b": dots}),
    ):
        a, b = plot.curves
        assert (a.colour, b.colour) == ("--s0", "--s1")
        assert places(a.line)[0][0] < places(b.line)[0][0]
        assert a.marks[-20:] != b.marks[-20:]


def test_no_two_of_36_series_look_alike() -> None:
    assert len({(colour(i), marker(i)) for i in range(36)}) == 36


def test_labels_of_lengths_do_not_run_into_each_other() -> None:
    lengths = [20, 21, 22, 60, 99, 100]
    plot = accuracy_against_length({"a": [Dot(n, 1.0) for n in lengths]}, [])
    assert labels(plot)[0] == ["22", "60", "100"]


def test_lengths_of_a_generalization_are_as_far_apart_as_their_ratios() -> None:
    plot = generalization({"a": [Dot(n, 1.0) for n in (50, 100, 200, 400)]})
    at = [tick.at for tick in plot.x_ticks]
    steps = [after - before for before, after in pairwise(at)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.02)


def test_stairs_rise_at_the_attempt_that_solved() -> None:
    steps = kaplan_meier([1, 2, 2, 2], [True, True, True, False])
    plot = attempts_to_success({"a": steps})
    across = {tick.label: tick.at for tick in plot.x_ticks}
    assert list(across) == ["0", "1", "2"]
    (curve,) = plot.curves
    high = {tick.label: tick.at for tick in plot.y_ticks}
    corners = places(curve.line)
    assert corners[:3] == [
        (across["0"], high["0%"]),
        (across["1"], high["0%"]),
        (across["1"], high["25%"]),
    ]
    assert corners[-1] == (plot.x.end, high["75%"])
    assert curve.area.endswith("z")
    assert curve.intervals == ""
    several = attempts_to_success({"a": steps, "b": steps})
    assert [bool(c.area) for c in several.curves] == [False, False]
    assert all(c.intervals for c in several.curves)


@given(CURVES)
@settings(max_examples=40)
def test_all_that_is_drawn_is_inside_the_axes(curves: dict[str, list[Dot]]) -> None:
    for plot in (
        accuracy_against_length(curves, []),
        generalization(curves),
        learning_curve(curves, is_accuracy=True),
    ):
        for curve in plot.curves:
            for x, y in places(curve.line + curve.marks):
                assert plot.x.start <= x <= plot.x.end
                assert plot.y.end <= y <= plot.y.start
            for _, y in places(curve.intervals):
                assert plot.y.end <= y <= plot.y.start
        assert all(plot.x.start <= tick.at <= plot.x.end for tick in plot.x_ticks)
