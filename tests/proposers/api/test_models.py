"""What is known of models by their names, and of deployments by what they are said to be."""

from dataclasses import replace

import pytest

from bench.options.settings import SettingsError
from bench.proposers.api.chat import Chat
from bench.proposers.api.models import behind, check_base_models, takes_effort, takes_verbosity
from bench.proposers.api.responses import Responses
from tests.proposers.api.test_failures import REQUEST
from tests.support.options import asked

DEPLOYED = ("eastus-1=gpt-4o", "eastus-2=gpt-5-mini")


@pytest.mark.parametrize(
    ("model", "takes"),
    [("ft:gpt-4o-mini:x", False), ("openai/GPT-4o", False), ("gpt-5", True)],
)
def test_models_that_refuse_an_effort_are_known_by_their_own_name(model: str, takes: bool) -> None:
    assert takes_effort(model, "high") is takes_verbosity(model) is takes


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("gpt-4o", False),
        ("llama-3.1-8b", False),
        ("m1", False),
        ("gpt-5.1", True),
        ("Qwen/Qwen3-8B", True),
    ],
)
def test_an_effort_of_none_is_left_out_for_a_model_that_has_none(model: str, takes: bool) -> None:
    assert takes_effort(model, "none") is takes


def test_a_deployment_is_asked_by_its_name_as_the_model_that_it_is() -> None:
    names = ("eastus-1", "eastus-2", "gpt-5")
    assert [behind(name, DEPLOYED) for name in names] == ["gpt-4o", "gpt-5-mini", "gpt-5"]
    assert behind("any", ("gpt-4o", "other=gpt-5")) == "gpt-4o"
    request = replace(REQUEST, model="eastus-1")
    for api in (Responses, Chat):
        body = api(*asked(model=names, base_model=DEPLOYED)).body(request)
        assert body["model"] == "eastus-1"
        assert {"reasoning", "text", "reasoning_effort"}.isdisjoint(body)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (("other=gpt-5",), "'other' is not in --model"),
        (("eastus-1=",), "give MODEL, or NAME=MODEL"),
        (("gpt-5", "gpt-4o"), "once a name"),
        (("eastus-1=gpt-5", "eastus-1=gpt-4o"), "once a name"),
    ],
)
def test_a_base_model_of_no_deployment_is_refused(values: tuple[str, ...], says: str) -> None:
    with pytest.raises(SettingsError, match="--base-model: .*" + says):
        check_base_models(values, ("eastus-1",))
