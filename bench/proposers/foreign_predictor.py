"""A predictor of somebody else's, who is named in front of what goes wrong."""

from collections.abc import Sequence

from bench.proposers.plugin_faults import blaming
from bench.proposers.predictor import FittedPredictor, Opening, Predictor, Task
from bench.proposers.proposer import Outage
from bench.record.answer import Answer


class ForeignPredictor:
    """Hands on what a predictor gives, as far as it is what it has to be."""

    def __init__(self, predictor: Predictor, who: str) -> None:
        self.name = str(predictor.name)
        self.test_size = predictor.test_size
        self._predictor = predictor
        self._who = who

    def opening(self, task: Task, inputs: Sequence[str]) -> Opening:
        """The predictor's opening. Raises Outage."""
        with blaming(self._who):
            opening = self._predictor.opening(task, inputs)
        if not isinstance(opening, Opening):
            what = f"opening gave {type(opening).__name__}, and no Opening"
            raise Outage(f"{self._who}: {what}", "point")
        return opening

    async def fit(self, task: Task) -> FittedPredictor:
        """What the predictor fits. Raises Outage or BudgetSpent."""
        with blaming(self._who):
            return _ForeignFit(await self._predictor.fit(task), self._who)

    async def aclose(self) -> None:
        """Let the predictor release what it holds. Raises Outage."""
        with blaming(self._who):
            await self._predictor.aclose()


class _ForeignFit:
    """Hands on what a fitted predictor gives, as far as it is what it has to be."""

    def __init__(self, fitted: FittedPredictor, who: str) -> None:
        self._fitted = fitted
        self._who = who

    @property
    def answer(self) -> Answer:
        """Its answer. Raises Outage."""
        with blaming(self._who):
            answer = self._fitted.answer
        if not isinstance(answer, Answer):
            what = f"its answer is {type(answer).__name__}, and no Answer"
            raise Outage(f"{self._who}: {what}", "point")
        return answer

    @property
    def misfit(self) -> str | None:
        """Why it has no labels for inputs of other lengths. Raises Outage."""
        with blaming(self._who):
            misfit = self._fitted.misfit
        return None if misfit is None else str(misfit)

    async def labels(self, inputs: Sequence[str]) -> Sequence[int | None]:
        """A label for each input. Raises Outage or BudgetSpent."""
        with blaming(self._who):
            labels = list(await self._fitted.labels(inputs))
        if len(labels) != len(inputs):
            what = f"it gave {len(labels):,} labels for {len(inputs):,} inputs"
            raise Outage(f"{self._who}: {what}", "point")
        return labels
