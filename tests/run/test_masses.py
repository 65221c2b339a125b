"""The proposal masses of a run: what counts as a draw, and over which points."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.record.attempt import Attempt
from bench.run.masses import MASS_COLUMNS, at_first, mass_rows, masses
from bench.run.points import group
from bench.run.readback import load
from bench.score.mass import Draws, proposal_mass
from bench.score.stats import clopper_pearson
from tests.support.made import NAMES, PARITY, SHA, failing, search, write

ASKED = ("parity_all", 20, ("enumerator", "high", "built-in", "none", 100))


def test_the_trials_of_a_question_are_one_mass() -> None:
    solved = [a for trial, at in enumerate((1, 3, 2), 1) for a in search(trial=trial, solved_at=at)]
    lost = failing("timeout", trial=4, attempts=3)
    (found,) = masses(group(solved + lost)).items()
    assert found == (
        ASKED,
        proposal_mass([Draws(3, 1), Draws(3, 3), Draws(3, 2), Draws(3, 0)]),
    )
    assert (found[1].right, found[1].answers) == (3, 9)


def test_without_early_stop_each_answer_is_a_draw() -> None:
    attempts = search(solved_at=2, attempts=4, early_stop=False)
    (mass,) = masses(group(attempts)).values()
    assert mass.interval == proposal_mass([Draws(1, 1)] + [Draws(1, 0)] * 3).interval


@pytest.mark.parametrize("early_stop", [True, False])
def test_a_line_that_does_not_tell_what_was_allowed_is_read_by_the_others(early_stop: bool) -> None:
    unsaid = {"allowed": None, "stops_early": None}
    attempts = search(solved_at=2, attempts=5, early_stop=early_stop, outcome=unsaid)
    attempts += search(solved_at=None, attempts=5, trial=2, outcome=unsaid)
    (mass,) = masses(group(attempts)).values()
    fixed = [Draws(1, 1)] + [Draws(1, 0)] * 4
    assert mass == proposal_mass([*([Draws(5, 2)] if early_stop else fixed), Draws(5, 0)])


def test_across_points_the_first_attempts_count() -> None:
    attempts = []
    for row, target in enumerate(NAMES):
        attempts += search(target, solved_at=1 if row < 6 else 2)
    found = at_first(group(attempts))
    assert (found.solved, found.points, found.share) == (6, 12, 0.5)
    assert found.interval is not None
    assert 0.1 < found.interval.low < 0.5 < found.interval.high < 0.9
    one = at_first(group([a for k in (20, 25, 30) for a in search(PARITY, k)]))
    assert one.interval == clopper_pearson(3, 3)  # one target: exact, and never without width
    assert at_first(group(search(PARITY) + search(SHA))).interval is None


def cut_short() -> list[Attempt]:
    """A search that an outage ended: its attempt has no outcome."""
    return [replace(a, outcome=None) for a in search(SHA)]


def test_the_data_frame_has_a_row_for_each_question_target_and_model(tmp_path: Path) -> None:
    attempts = [a for k in (20, 25) for a in search(length=k, solved_at=None, attempts=2)]
    attempts += search(SHA, trial=1, solved_at=1) + search(SHA, trial=2, solved_at=2)
    attempts += [replace(a, point=replace(a.point, trial=3)) for a in cut_short()]
    results = load(write(tmp_path, attempts))
    table = results.dataframe("mass")
    assert tuple(table.columns) == MASS_COLUMNS
    rows = {(row["level"], row["target"], row["length"]): row for row in mass_rows(results.points)}
    assert list(rows) == [
        ("point", "parity_all", 25),
        ("point", "parity_all", 20),
        ("point", "sha256_parity", 20),
        ("target", "parity_all", None),
        ("target", "sha256_parity", None),
        ("model", None, None),
    ]
    sha = rows["point", "sha256_parity", 20]
    assert (sha["points"], sha["right"], sha["answers"]) == (2, 2, 3)
    assert (sha["mass"], sha["attempts_95"]) == (pytest.approx(2 / 3), 3)
    none = rows["point", "parity_all", 20]
    assert (none["mass"], none["attempts_95"], none["attempts_95_high"]) == (0, None, None)
    assert none["attempts_95_low"] == 2
    assert (rows["model", None, None]["right"], rows["model", None, None]["points"]) == (1, 4)
    assert mass_rows(group(cut_short())) == []
