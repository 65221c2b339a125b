"""A predictor of a plugin: what it gets wrong is an outage that names the plugin."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from bench.options.resolve import assemble
from bench.proposers import Answer, PredictorRegistration, registry_of
from bench.proposers.foreign import source_of
from bench.proposers.predictor import Opening, Predictor, Task
from bench.proposers.proposer import Outage
from bench.question.dataset import Split
from targets.kinds import BINARY

TASK = Task(
    point="p",
    model="m",
    reasoning_effort="high",
    trial=1,
    examples=Split(("01",), (1,)),
    kind=BINARY,
    length=2,
    described="bits",
)
INPUTS = ("00", "11")
NO_TEXT: Any = Opening(prompt=cast("str", None), version="", body={})


class Pair:
    """As an array of two labels: it equals a label, and does not."""

    def __eq__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise ValueError("neither true nor false")

    __hash__ = None  # type: ignore[assignment]


class Mine:
    """Labels everything 1, but for what a test has it do."""

    name, test_size = "mine", None
    answer: Any = Answer(text="ones")
    misfit: Any = None

    def __init__(self, **does: Any) -> None:
        for name, value in does.items():
            setattr(self, name, value)

    def opening(self, task: Task, inputs: Sequence[str]) -> Any:
        return Opening(prompt="", version="", body={})

    async def fit(self, task: Task) -> Any:
        return self

    async def labels(self, inputs: Sequence[str]) -> Any:
        return [1] * len(inputs)

    async def aclose(self) -> None:
        pass


def made(predictor: object) -> Predictor:
    given: Any = PredictorRegistration(make=lambda: predictor, answers="computed")  # type: ignore[arg-type,return-value]
    source = source_of(lambda *_: given, "theirs")
    registration = registry_of(assemble(model=("m",)), [source])["m"]
    assert isinstance(registration, PredictorRegistration)
    return registration.make()


def used(predictor: object) -> Any:
    """All that a search asks of it."""

    async def run() -> Any:
        one = made(predictor)
        one.opening(TASK, INPUTS)
        fitted = await one.fit(TASK)
        labels = await fitted.labels(INPUTS)
        found = (labels, fitted.answer.text, fitted.misfit)
        await one.aclose()
        return found

    return asyncio.run(run())


def fails(*_: Any) -> Any:
    raise ValueError("no\nidea")


async def skips(*_: Any) -> Any:
    pytest.skip("no library")


def gives(value: Any) -> Any:
    async def method(*_: Any) -> Any:
        return value

    return method


def test_what_it_gives_is_handed_on() -> None:
    assert used(Mine()) == ([1, 1], "ones", None)


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ({"opening": fails}, "ValueError: no idea"),
        ({"opening": lambda *_: {}}, "opening gave dict, and no Opening with a text, .*"),
        ({"opening": lambda *_: NO_TEXT}, r"opening gave Opening\(prompt=None, .*"),
        ({"fit": fails}, "ValueError: no idea"),
        ({"fit": gives(None)}, "AttributeError: 'NoneType' object has no attribute 'labels'"),
        ({"labels": fails}, "ValueError: no idea"),
        ({"labels": gives(7)}, "TypeError: 'int' object is not iterable"),
        ({"labels": gives([1])}, "it gave 1 labels for 2 inputs"),
        ({"labels": gives([Pair(), Pair()])}, "ValueError: neither true nor false"),
        ({"fit": skips}, "Skipped: no library"),
        ({"answer": "ones"}, "its answer is str, and no Answer with a text"),
        ({"answer": Answer(text=NO_TEXT)}, "its answer is Answer, and no Answer with a text"),
        ({"test_size": 0}, "its test_size is 0: give None for all inputs, or a number from 1 up"),
        ({"test_size": "all"}, "its test_size is 'all': .*"),
        ({"aclose": fails}, "ValueError: no idea"),
    ],
)
def test_what_it_gets_wrong_names_the_plugin(does: dict[str, Any], says: str) -> None:
    with pytest.raises(Outage, match=f"^the plugin theirs: {says}$"):
        used(Mine(**does))


def test_what_is_no_predictor_is_refused() -> None:
    with pytest.raises(Outage, match="theirs: make gave object, which has no 'name'"):
        made(object())
