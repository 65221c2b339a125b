"""Programs that are the rule, however they are spelt, are never refuted."""

from itertools import chain
from pathlib import Path

import pytest

from bench.question.dataset import obtain
from bench.question.spec import DatasetSpec
from bench.score import falsifiers
from targets import Rule, find
from tests.jail.caller import LIMITS, Jails
from tests.support.spellings import RULES, spellings

COUNT = 200


@pytest.mark.parametrize("target", RULES)
def test_fifty_spellings_of_a_rule_agree_everywhere(
    target: str, datasets: Path, jails: Jails
) -> None:
    rule = find(target)
    assert isinstance(rule, Rule)
    form = rule.form
    assert form is not None
    test = obtain(DatasetSpec(rule, 20, 20, 20, 200, seed=1, trial=1), datasets).test
    examples = list(zip(test.inputs, test.labels, strict=True))
    own = falsifiers.inputs(rule, form, 20, count=COUNT, hard=False, examples=examples, seed="1")
    others = falsifiers.elsewhere(rule, form, 20, count=COUNT, seed="1").values()
    asked = list(chain(own.inputs, *(other.inputs for other in others)))
    labels = bytes(chain(own.labels, *(other.labels for other in others)))
    programs = list(spellings(target))
    assert len(set(programs)) == 50
    for program in programs:
        verdict = jails(())(program, asked, LIMITS)
        assert (verdict.error, verdict.predictions) == (None, labels), program
