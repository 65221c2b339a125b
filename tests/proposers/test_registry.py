"""Who answers for a model's name: the first source that knows it, and what a faulty one is told."""

from dataclasses import replace
from typing import Any

import pytest

from bench.options.resolve import assemble
from bench.options.settings import Settings, SettingsError
from bench.proposers import LabelRegistration, Registration, registry_of
from bench.proposers.enumerator import Enumerator
from bench.proposers.foreign import source_of
from bench.proposers.registry import BUILT_IN, Source

BUILT_IN_SOURCES = tuple(BUILT_IN.values())

MINE = Registration(make=lambda: Enumerator(1.0), answers="recorded", takes_effort=True)


def mine(model: str, _settings: Settings) -> Registration | None:
    return MINE if model.startswith("my-") else None


def test_the_first_source_that_knows_a_name_has_it() -> None:
    settings = assemble(model=("my-agent", "enumerator", "gpt-5"))
    registry = registry_of(settings, (mine, *BUILT_IN_SOURCES))
    assert registry["my-agent"] is MINE
    assert registry.paid == ("gpt-5",)
    assert registry.recorded == ("my-agent", "gpt-5")
    assert registry.indifferent.effort == ("enumerator",)
    assert registry.indifferent.tools == ("my-agent", "enumerator")
    assert registry_of(settings)["my-agent"].answers == "paid"


def raises(_model: str, _settings: Settings) -> Registration | None:
    raise KeyError("nothing\nhere")


def payed(_model: str, _settings: Settings) -> Any:
    misspelt: Any = "payed"
    return replace(MINE, answers=misspelt)


def wrong(_model: str, _settings: Settings) -> Any:
    return 7


@pytest.mark.parametrize(
    ("hook", "says"),
    [
        (raises, "pytest_llmpv_proposer raised KeyError: 'nothing\\\\nhere'"),
        (payed, "'payed' is not allowed for answers; give one of paid, recorded, computed"),
        (wrong, "pytest_llmpv_proposer gave int: no function, no registration"),
    ],
)
def test_a_hook_that_fails_is_named_in_one_line(hook: Source, says: str) -> None:
    line = f"^--model gpt-5: the plugin theirs: {says}$"
    with pytest.raises(SettingsError, match=line):
        registry_of(assemble(model=("gpt-5",)), (source_of(hook, "theirs"), *BUILT_IN_SOURCES))


def test_in_context_whatever_answers_prompts_is_asked_by_its_own_name() -> None:
    settings = assemble(model=("my-agent", "icl:my-agent", "icl:gpt-5"))
    registry = registry_of(settings, (mine, *BUILT_IN_SOURCES))
    asked = registry["icl:my-agent"]
    assert isinstance(asked, LabelRegistration) and asked.asked is MINE
    assert registry.paid == tuple(registry.paid_proposers) == ("icl:gpt-5",)
    assert registry.recorded == ("my-agent", "icl:my-agent", "icl:gpt-5")
    assert registry.indifferent.tools == ("my-agent", "icl:my-agent", "icl:gpt-5")
    assert registry.indifferent.prompt == ("icl:my-agent", "icl:gpt-5")
    assert registry.indifferent.effort == ()


@pytest.mark.parametrize("name", ["", "enumerator", "learner:tree", "icl:gpt-5"])
def test_what_answers_no_prompt_is_not_asked_in_context(name: str) -> None:
    line = f"^--model icl:{name}: give icl: and the name of a model that answers any prompt$"
    with pytest.raises(SettingsError, match=line):
        registry_of(assemble(model=(f"icl:{name}",)))
