"""Whether a host's datasets are those of this machine: the point's own, and of other lengths."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.options.resolve import assemble
from bench.plugin.hosts.agreement import SameDatasets
from bench.question.dataset import beginning, obtain
from bench.question.grid import points
from bench.question.spec import spec_of
from bench.search.generalization import generalization_sets, spec_at

SETTINGS = assemble(
    functions=("fn_a",),
    lengths=(20,),
    generalize=(20, 22, 24),
    trials=2,
    train_size=(10, 4),
    val_size=10,
    test_size=20,
)
POINTS = {point.id: point for point in points(SETTINGS.grid, SETTINGS.question, SETTINGS.data)[0]}


@pytest.fixture
def same(tmp_path: Path) -> SameDatasets:
    data = replace(SETTINGS.data, dataset_dir=tmp_path / "here")
    return SameDatasets(POINTS, replace(SETTINGS, data=data))


def test_each_dataset_of_a_point_is_compared(same: SameDatasets, tmp_path: Path) -> None:
    """As its host draws them: with each train size, and at each length of `--generalize`."""
    point = POINTS["fn_a-parity_all-L20-t2-4"]
    spec = spec_of(point.target, point.length, point.trial, SETTINGS.data)
    own = beginning(obtain(spec, tmp_path, tmp_path), point.train_size)
    others, _ = generalization_sets(spec, SETTINGS.search.generalize, tmp_path, tmp_path)
    assert [other.spec.length for other in others] == [22, 24]
    assert {other.spec for other in others} == {spec_at(22, spec), spec_at(24, spec)}
    for dataset in (own, *others):
        asked = [point.id, dataset.spec.length, dataset.sha256]
        assert same.reply(json.dumps(asked), "host h") == ""
        asked = [point.id, dataset.spec.length, own.sha256[:6] + "x" * 58]
        of_length = f" of length {dataset.spec.length} (--generalize)" * (dataset is not own)
        assert same.reply(json.dumps(asked), "host h").startswith(
            f"{point.id}: host h has another dataset{of_length} than this machine"
        )
    assert same.difference(point.id, own.sha256, "host h") is None


@pytest.mark.parametrize(
    "asked",
    [
        [],
        {},
        ["fn_a-parity_all-L20-10", "0"],
        ["fn_a-parity_all-L20-10", 23, "0"],
        ["fn_a-parity_all-L20-10", 10**9, "0"],
        ["fn_a-parity_all-L20-10", True, "0"],
        ["fn_a-parity_all-L20-10", 20.0, "0"],
        ["fn_a-parity_all-L20-10", 20, 0],
        ["fn_b-parity_first_half-L20-10", 20, "0"],
        [["fn_a-parity_all-L20-10"], 20, "0"],
    ],
)
def test_what_no_worker_asks_draws_nothing(same: SameDatasets, asked: object) -> None:
    with pytest.raises(ValueError, match="a question about"):
        same.reply(json.dumps(asked), "host h")


def test_a_question_that_is_too_deep_is_none(same: SameDatasets) -> None:
    with pytest.raises(ValueError, match="no dataset"):
        same.reply("[" * 100_000, "host h")
