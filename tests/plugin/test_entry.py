"""Which arguments of pytest name the benchmark, so that its plugin is loaded."""

import gc
from pathlib import Path

import pytest

from bench.plugin import pytest_ignore_collect
from llm_pv_bench import BENCH, kept_for_good, names_benchmark

ELSEWHERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("arguments", "pyargs", "is_named"),
    [
        (["bench"], True, True),
        (["20,30", "bench.test_synthesis::test_synthesis[fn_a-parity_all-L20]"], True, True),
        (["bench"], False, False),
        (["benchmark", "more.bench"], True, False),
        ([], True, False),
        ([str(BENCH)], False, True),
        ([f"{BENCH}/test_synthesis.py::test_synthesis"], False, True),
        (["../../bench/test_synthesis.py"], False, True),
        (["../.."], False, False),
    ],
)
def test_a_module_or_a_path_names_it(arguments: list[str], pyargs: bool, is_named: bool) -> None:
    assert names_benchmark(arguments, ELSEWHERE, pyargs) == is_named


def test_an_options_value_may_be_links_in_a_circle(tmp_path: Path) -> None:
    """pytest hands over the values of options that are not declared yet with its arguments."""
    (tmp_path / "circle").symlink_to("circle")
    for value in ("circle", "circle/below", "x" * 5000):
        assert not names_benchmark([value], tmp_path, pyargs=False)
        assert names_benchmark([value, str(BENCH)], tmp_path, pyargs=False)


def test_tests_are_looked_for_in_the_one_file_that_has_them() -> None:
    kept = [path for path in BENCH.iterdir() if pytest_ignore_collect(path) is None]
    assert BENCH / "test_synthesis.py" in kept and not any(path.is_dir() for path in kept)
    assert pytest_ignore_collect(ELSEWHERE / "ledger") is None


def test_garbage_is_looked_for_again_once_the_plugin_is_there() -> None:
    with kept_for_good():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), kept_for_good():
        raise ImportError
    assert gc.isenabled()


def test_garbage_is_not_looked_for_where_nobody_asked() -> None:
    gc.disable()
    try:
        with kept_for_good():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
