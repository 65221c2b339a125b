"""What is told of the pairs of a comparison: their names, and the proposal mass of either side."""

import json
from itertools import chain
from pathlib import Path

from bench.record.attempt import Attempt
from bench.record.key import AXES
from bench.run.points import group
from bench.run.readback import load
from bench.show.compare import Side, compare, identity, rendering, sides_of_axis, sides_of_runs
from bench.show.compare.as_data import as_json
from tests.support.made import SHA, changed, search, write


def test_what_no_proposer_was_asked_is_in_no_proposal_mass() -> None:
    def side(name: str, *searches: list[Attempt]) -> Side:
        return Side(name, {identity(p.key, AXES): p for p in group(chain(*searches))})

    hit, missed = search(model="m"), search(SHA, model="m", solved_at=2)
    fitted = [changed(a, hypothesis="predictor") for a in search(model="l", attempts=1)]
    lost = [changed(a, hypothesis="predictor") for a in search(SHA, model="l", solved_at=None)]
    (c,) = compare([side("a", hit, missed, fitted, lost), side("b", hit, missed, fitted, lost)])
    share = "50.0% (0% to 100%)"
    mass = "proposal mass, as the share solved at the first attempt: A"
    assert f"{mass} {share}, B {share}" in rendering.measure_lines(c)
    learner = Side("learner", {identity(p.key): p for p in group([*fitted, *lost])})
    model = Side("model", {identity(p.key): p for p in group([*hit, *missed])})
    (c,) = compare([model, learner])
    assert f"{mass} {share}, B -" in rendering.measure_lines(c)
    assert json.loads(as_json([model, learner], [c]))[0]["first_attempt"]["b"] is None
    (c,) = compare([learner, learner])
    assert not any("mass" in line for line in rendering.measure_lines(c))


def test_each_pair_has_a_name_of_its_own(tmp_path: Path) -> None:
    axes = [("m", 20), ("m", 50), ("n", 20), ("n", 50)]
    attempts = [a for m, size in axes for a in search(model=m, train_size=size)]
    (c,) = compare(sides_of_axis(load(write(tmp_path / "one", attempts)), "model"))
    stem = "fn_a-parity_all-L20"
    assert [pair.id for pair in c.matched.pairs] == [f"{stem}-20", f"{stem}-50"]
    (c,) = compare(sides_of_axis(load(write(tmp_path / "one", attempts)), "train_size"))
    assert [pair.id for pair in c.matched.pairs] == [f"{stem}-m", f"{stem}-n"]
    runs = [load(write(tmp_path / run, [changed(a, run_id=run) for a in attempts])) for run in "xy"]
    (c,) = compare(sides_of_runs(runs))
    ids = {f"{stem}-{model}-{size}" for model, size in axes}
    assert {pair.id for pair in c.matched.pairs} == ids
    # What is compared is in no name, and neither is what is the same everywhere.
    (c,) = compare(sides_of_axis(load(write(tmp_path / "z", attempts[::2])), "model"))
    assert [pair.id for pair in c.matched.pairs] == [stem]
