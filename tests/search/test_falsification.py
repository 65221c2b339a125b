"""False winners are refuted in the jail, with a counterexample; the rule itself never is."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.jail import Limits, Verdict
from bench.question.dataset import obtain
from bench.question.spec import DatasetSpec
from bench.record.outcome import Generalization
from bench.search.falsification import Falsification, Suspect, falsification
from targets import find
from tests.jail.caller import Caller, Jails
from tests.support.winners import FERMAT, WINNERS, Winner

LENGTHS = {"dyck2": 20, "graph_has_cycle": 60}
USUAL_LENGTH, COUNT = 20, 600
PARITY = "def f(x):\n    return x.count('1') % 2\n"


@pytest.fixture(scope="module")
def jail(jails: Jails) -> Caller:
    return jails(())


def falsified(
    jail: Caller,
    datasets: Path,
    target: str,
    code: str,
    *,
    length: int = 20,
    count: int = COUNT,
    seconds: float = 1,
) -> Falsification:
    """What trying a program on the inputs of a point of a target comes to."""
    spec = DatasetSpec(find(target), length, 20, 20, 200, seed=1, trial=1)
    dataset = obtain(spec, datasets)

    def evaluate(inputs: Sequence[str], seconds: float) -> Verdict:
        return jail(code, inputs, Limits(cpu_seconds=seconds, memory_mib=256))

    predictions = jail(code, dataset.test.inputs).predictions
    assert predictions is not None
    suspect = Suspect(
        spec=spec,
        test=dataset.test,
        predictions=predictions,
        evaluate=evaluate,
        test_timeout=seconds,
        eval_timeout=seconds,
    )
    return falsification(suspect, count)


@pytest.mark.parametrize("winner", (*WINNERS, FERMAT), ids=str)
def test_a_false_winner_is_refuted(winner: Winner, jail: Caller, datasets: Path) -> None:
    length = LENGTHS.get(winner.target, USUAL_LENGTH)
    found = falsified(jail, datasets, winner.target, winner.code, length=length)
    assert (found.recovered, found.error) == (False, None)
    assert found.counterexample is not None
    assert found.counterexample.prediction == 1 - found.counterexample.label
    assert found.tried == sum(one.tried for one in found.agreement) > COUNT // 2


def test_the_same_program_is_refuted_by_the_same_counterexample(
    jail: Caller, datasets: Path
) -> None:
    counter, *_ = WINNERS
    first, again = (falsified(jail, datasets, counter.target, counter.code) for _ in range(2))
    assert first == again and first.counterexample is not None


def test_a_program_that_is_the_rule_agrees_everywhere(jail: Caller, datasets: Path) -> None:
    found = falsified(jail, datasets, "parity_all", PARITY)
    assert (found.recovered, found.counterexample, found.tried) == (True, None, COUNT)
    assert all(one.right == one.tried for one in found.agreement)
    assert [(one.length, one.accuracy) for one in found.other_lengths] == [
        (19, 1.0),
        (21, 1.0),
        (10, 1.0),
    ]


def test_a_length_that_is_built_in_shows_beside_and_decides_nothing(
    jail: Caller, datasets: Path
) -> None:
    built_in = "def f(x):\n    return sum(x[i] == '1' for i in range(20)) % 2\n"
    found = falsified(jail, datasets, "parity_all", built_in)
    assert found.recovered is True
    accuracies = {one.length: one.accuracy for one in found.other_lengths}
    assert accuracies[21] is not None and accuracies[21] < 1
    errors = {one.length: one.error for one in found.other_lengths}
    assert errors == {19: "runtime_error", 21: None, 10: "runtime_error"}


def test_an_exception_is_a_difference(jail: Caller, datasets: Path) -> None:
    raises = "def f(x):\n    return x.count('1') // bool(x.count('1')) % 2\n"
    found = falsified(jail, datasets, "parity_all", raises)
    assert found.recovered is False and found.counterexample is not None
    assert (found.counterexample.input, found.counterexample.label) == ("0" * 20, 0)
    assert (found.counterexample.prediction, found.counterexample.source) == (None, "constant")
    assert (found.counterexample.smallest, found.counterexample.beside) == (True, None)


def test_a_wrong_answer_on_the_test_split_is_enough(jail: Caller, datasets: Path) -> None:
    spec = DatasetSpec(find("sha256_parity"), 20, 20, 20, 200, seed=1, trial=1)
    test = obtain(spec, datasets).test
    wrong = test.inputs[-1]
    code = (
        "import hashlib\n\ndef f(x):\n    digest = hashlib.sha256(x.encode()).hexdigest()\n"
        f"    return (int(digest, 16).bit_count() + (x == {wrong!r})) % 2\n"
    )
    found = falsified(jail, datasets, "sha256_parity", code, count=40)
    assert found.recovered is False and found.counterexample is not None
    assert found.counterexample.input == wrong
    assert found.counterexample.source == ("positives" if test.labels[-1] else "negatives")


def test_a_program_that_the_jail_stops_is_not_refuted_by_that(jail: Caller, datasets: Path) -> None:
    loops = "def f(x):\n    while '1' not in x: pass\n    return x.count('1') % 2\n"
    found = falsified(jail, datasets, "parity_all", loops, seconds=0.2)
    assert (found.recovered, found.counterexample) == (None, None)
    assert found.error == "timeout: more than 0.2 s of CPU time"
    assert {one.source for one in found.agreement} == {"positives", "negatives"}
    assert found.tried == 200
    # They are run in one batch with the others, and lost with them.
    stopped = Generalization(length=19, size=12, accuracy=None, error="timeout")
    assert found.other_lengths[0] == stopped


def test_a_table_has_no_label_for_other_inputs(datasets: Path) -> None:
    def evaluate(inputs: Sequence[str], seconds: float) -> Verdict:
        raise AssertionError("nothing is run")

    spec = DatasetSpec(find("chess"), 36, 20, 20, 200, seed=1, trial=1)
    test = obtain(DatasetSpec(find("parity_all"), 20, 20, 20, 200, seed=1, trial=1), datasets).test
    suspect = Suspect(
        spec=spec,
        test=test,
        predictions=bytes(test.labels),
        evaluate=evaluate,
        test_timeout=1,
        eval_timeout=1,
    )
    assert falsification(suspect, COUNT) == Falsification()
