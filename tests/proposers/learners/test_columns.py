"""What a learner sees of an input of each kind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.proposers.learners.columns import features_of
from targets.forms.edge_lists import NODES
from targets.kinds import BINARY, DECIMAL, GRAPH, TABULAR


def rows(kind: object, train: list[str], inputs: list[str]) -> list[list[float]]:
    columns: list[list[float]] = features_of(kind, train).columns(inputs).tolist()  # type: ignore[arg-type]
    return columns


def test_of_bits_there_is_a_column_a_position() -> None:
    assert rows(BINARY, ["011", "100"], ["011", "110"]) == [[0, 1, 1], [1, 1, 0]]


def test_of_digits_there_is_a_column_a_position_and_symbol_and_one_for_its_number() -> None:
    found = rows(DECIMAL, ["17", "97"], ["97", "79", "30"])
    assert [row[:6] for row in found] == [
        [0, 0, 1, 0, 1, 0],
        [0, 1, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0],  # no training input has these
    ]
    assert [row[6:] for row in found] == pytest.approx(np.array([[9, 7], [7, 9], [3, 0]]) / 9)


@given(st.lists(st.text("01", min_size=6, max_size=6), min_size=2, unique=True))
def test_inputs_that_differ_have_other_columns(inputs: list[str]) -> None:
    found = rows(BINARY, ["010101"], inputs)
    assert len({tuple(row) for row in found}) == len(inputs)


def test_of_graphs_there_are_shared_edges_without_direction_and_the_degree_of_each_name() -> None:
    train = ["u01v02u02v03", "u02v01u07v99", "u05v06u01v09"]
    features = features_of(GRAPH, train)
    assert features.any_length
    one, other = features.columns(["u02v01u50v99u02v50", "u05v06u06v07u08v09"])
    assert one.shape == (1 + NODES + 1,)
    assert (one[0], other[0]) == (1, 0)  # 01-02 is the one edge that two of them share
    degrees = {name: int(count) for name, count in enumerate(one[1:]) if count}
    assert degrees == {1: 1, 2: 2, 50: 2, 99: 1}


def test_of_tables_numbers_are_standardised_and_categories_have_a_column_a_value() -> None:
    train = ["a:1,b:c0,n:5", "a:3.5,b:c2,n:5", "a:-2,b:c2,n:5"]
    features = features_of(TABULAR, train)
    found = features.columns(train)
    assert not features.any_length
    assert found.shape == (3, 4)
    assert found[:, 0].mean() == pytest.approx(0, abs=1e-6)
    assert found[:, 0].std() == pytest.approx(1)
    assert found[:, 1].tolist() == [0, 0, 0]  # a number that never changes
    assert found[:, 2:].tolist() == [[1, 0], [0, 1], [0, 1]]
    unseen = features.columns(["a:x,b:c7,n:6"])
    assert np.array_equal(unseen, [[0, 1, 0, 0]])
