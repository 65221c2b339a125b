"""Whole runs on raw tables: there, or not there."""

from tests.support import rawtables
from tests.support.session import Bench


def test_without_a_table_the_points_are_skipped_and_a_named_one_is_an_error(bench: Bench) -> None:
    nowhere = ("--raw-dir", str(bench.folder / "none"))
    done = bench("-m", "tabular", *nowhere)
    assert "5 skipped" in done.stdout
    assert done.returncode == 1 and "no point was decided" in done.stdout
    done = bench("--functions", "chess", "--lengths", "20", *nowhere)
    assert done.returncode == 1
    assert "fn_q-chess-L36: no raw table chess.dat" in done.stdout


def test_named_features_reach_the_prompt_and_the_program(bench: Bench) -> None:
    raw = rawtables.write(bench.folder / "raw")
    table = ("--functions", "htru2", "--raw-dir", str(raw), "--tabular-representation", "named")
    done = bench(*table, "--test-size", "100")
    assert "1 passed" in done.stdout, done.stdout
    *_, attempt = bench.attempts()
    assert "a row of a table with 8 features (pulsar candidates" in attempt["prompt"]
    assert "Mean of the integrated profile:" in attempt["prompt"]
    assert attempt["val_acc"] == 1.0
