"""What a command selects, and errors that are told once."""

from types import SimpleNamespace
from typing import Any

import pytest

from bench.plugin.command import refuse_unknown_markers, refuse_unknown_points, says_which
from bench.plugin.shared_errors import one_of_each_reason
from llm_pv_bench import BENCH

MARKERS = ["paper: the published grid", "smoke: a few points", "device(serial): with an argument"]


def config(keyword: str = "", markexpr: str = "", args: tuple[str, ...] = ("bench",)) -> Any:
    option = SimpleNamespace(keyword=keyword, markexpr=markexpr)
    return SimpleNamespace(option=option, args=args, getini=lambda _: MARKERS)


def test_a_command_says_which_points_it_means_by_any_way_to_select() -> None:
    assert not says_which(config(), ())
    assert says_which(config(), ("fn_a",))
    assert says_which(config("gcd"), ())
    assert says_which(config(markexpr="prime"), ())
    assert says_which(config(args=("bench/test_synthesis.py::test_synthesis[x]",)), ())


@pytest.mark.parametrize(
    "expression", ["", "paper", "not (paper or smoke)", "not(paper)and smoke", "device(serial='x')"]
)
def test_known_markers_are_let_through(expression: str) -> None:
    refuse_unknown_markers(config(markexpr=expression))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("papr", "-m: no marker is called 'papr'; nearest: paper"),
        ("paper and not(smok or device(serial=1))", "called 'smok'; nearest: smoke"),
        ("zzz", "called 'zzz'; pytest --markers lists them"),
    ],
)
def test_an_unknown_marker_is_refused_with_the_nearest(expression: str, says: str) -> None:
    with pytest.raises(pytest.UsageError) as refused:
        refuse_unknown_markers(config(markexpr=expression))
    assert says in str(refused.value)


TEST = f"{BENCH}/test_synthesis.py::test_synthesis"
KNOWN = ("fn_a-parity_all-L20", "fn_a-parity_all-L25")


def points(*arguments: str, pyargs: bool = False, keyword: str = "", markexpr: str = "") -> Any:
    place = SimpleNamespace(dir=BENCH.parent)
    option = SimpleNamespace(pyargs=pyargs, keyword=keyword, markexpr=markexpr)
    return SimpleNamespace(option=option, args=arguments, invocation_params=place)


def test_points_of_the_grid_are_let_through_and_tests_of_others() -> None:
    for arguments in (
        ("bench",),
        (f"{TEST}[fn_a-parity_all-L20]", f"{TEST}[fn_a-parity_all-L25]"),
        (f"{TEST}[fn_a-parity_all-L20-1-2]",),  # as pytest-repeat calls it
        (f"{TEST}[gpu-fn_a-parity_all-L20]",),  # as a fixture with parameters makes it
        (f"{TEST}[gpu-fn_a-parity_all-L20-2-2]",),
        ("bench", "tests/test_other.py::test_other[a]"),
    ):
        refuse_unknown_points(points(*arguments), KNOWN)
    beside = ("bench", f"{TEST}[fn_a-parity_all-L20]")
    refuse_unknown_points(points(*beside, keyword="fn_a"), KNOWN)
    refuse_unknown_points(points(*beside, markexpr="smoke"), KNOWN)
    refuse_unknown_points(points("bench.test_synthesis", pyargs=True), KNOWN)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((f"{TEST}[fn_a-parity_all-L20-m]",), "fn_a-parity_all-L20-m: there is no such point"),
        ((f"{TEST}[gpu-a-parity_all-L20]",), "gpu-a-parity_all-L20: there is no such point"),
        (("bench", f"{TEST}[fn_a-parity_all-L20]"), "bench: all points would run, and not fn_a-p"),
        (
            (f"{TEST}[fn_a-parity_all-L25]", TEST),
            "all points would run, and not fn_a-parity_all-L2",
        ),
    ],
)
def test_a_point_that_is_not_there_or_not_alone_is_refused(
    arguments: tuple[str, ...], says: str
) -> None:
    with pytest.raises(pytest.UsageError) as refused:
        refuse_unknown_points(points(*arguments), KNOWN)
    assert says in str(refused.value)


def report(point: str, why: str, when: str = "setup") -> Any:
    nodeid = f"bench/test_synthesis.py::test_synthesis[{point}]"
    return SimpleNamespace(nodeid=nodeid, longrepr=f"{point}: {why}", when=when)


def test_each_reason_is_told_once_with_how_many_points_share_it() -> None:
    errors = [
        *(report(f"fn_a-L{n}", "no route") for n in (20, 25, 30)),
        report("fn_b-L20", "no dataset"),
        report("fn_b-L25", "no route", when="teardown"),
    ]
    told = one_of_each_reason(errors)
    assert [one.longrepr for one in told] == [
        "fn_a-L20 and 2 more points: no route",
        "fn_b-L20: no dataset",
        "fn_b-L25: no route",
    ]
    assert errors[0].longrepr == "fn_a-L20: no route"  # the reports themselves stay as they are
