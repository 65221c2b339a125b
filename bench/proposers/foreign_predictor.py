"""A predictor of somebody else's, who is named in front of what goes wrong."""

from collections.abc import Sequence

from bench.proposers.foreign_answer import sound_answer
from bench.proposers.plugin_faults import blaming
from bench.proposers.predictor import FittedPredictor, Opening, Predictor, Task
from bench.proposers.proposer import Outage
from bench.record.answer import Answer
from bench.record.fields import fits, hints_of

_LONGEST = 100
"""Characters of an opening that are shown."""


class ForeignPredictor:
    """Hands on what a predictor gives, as far as it is what it has to be."""

    def __init__(self, predictor: Predictor, who: str) -> None:
        self.name = str(predictor.name)
        self.test_size = _test_size(predictor, who)
        self._predictor = predictor
        self._who = who

    def opening(self, task: Task, inputs: Sequence[str]) -> Opening:
        """The predictor's opening. Raises Outage."""
        with blaming(self._who):
            opening = self._predictor.opening(task, inputs)
        is_opening = isinstance(opening, Opening)
        if is_opening and all(fits(getattr(opening, n), of) for n, of in hints_of(Opening).items()):
            return opening
        told = repr(opening)[:_LONGEST] if is_opening else type(opening).__name__
        what = f"opening gave {told}, and no Opening with a text, a version and a body"
        raise Outage(f"{self._who}: {what}", "point")

    async def fit(self, task: Task) -> FittedPredictor:
        """What the predictor fits. Raises Outage or BudgetSpent."""
        with blaming(self._who):
            return _ForeignFit(await self._predictor.fit(task), self._who)

    async def aclose(self) -> None:
        """Let the predictor release what it holds. Raises Outage."""
        with blaming(self._who):
            await self._predictor.aclose()


def _test_size(predictor: Predictor, who: str) -> int | None:
    size: object = predictor.test_size
    if size is None or (fits(size, int) and int(size) > 0):  # type: ignore[call-overload]
        return predictor.test_size
    what = f"its test_size is {size!r}: give None for all inputs, or a number from 1 up"
    raise Outage(f"{who}: {what}", "model")


class _ForeignFit:
    """Hands on what a fitted predictor gives, as far as it is what it has to be."""

    def __init__(self, fitted: FittedPredictor, who: str) -> None:
        self._fitted = fitted
        self._who = who

    @property
    def answer(self) -> Answer:
        """Its answer. Raises Outage."""
        with blaming(self._who):
            return sound_answer(self._fitted.answer, "its answer is")

    @property
    def misfit(self) -> str | None:
        """Why it has no labels for inputs of other lengths. Raises Outage."""
        with blaming(self._who):
            misfit = self._fitted.misfit
        return None if misfit is None else str(misfit)

    async def labels(self, inputs: Sequence[str]) -> Sequence[int | None]:
        """A label for each input. Raises Outage or BudgetSpent."""
        with blaming(self._who):
            given = list(await self._fitted.labels(inputs))
            labels = [int(label) if label in (0, 1) else None for label in given]
        if len(labels) != len(inputs):
            what = f"it gave {len(labels):,} labels for {len(inputs):,} inputs"
            raise Outage(f"{self._who}: {what}", "point")
        return labels
