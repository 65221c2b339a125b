"""Which learners the values of `--model` name, and whether they are there."""

from collections.abc import Iterator, Sequence

from bench.options.model_names import EVERY_LEARNER, LEARNER
from bench.options.settings import SettingsError
from bench.proposers.learners.algorithms import ALGORITHMS, Algorithm


def expanded(models: Sequence[str]) -> tuple[str, ...]:
    """The models of a run, with every learner that is there in the place of `learner:all`."""
    return tuple(dict.fromkeys(_expanded(models)))


def _expanded(models: Sequence[str]) -> Iterator[str]:
    for model in models:
        if model != EVERY_LEARNER:
            yield model
            continue
        there = [name for name, algorithm in ALGORITHMS.items() if algorithm.is_installed]
        # Without any, the first one says what is missing.
        yield from (LEARNER + name for name in there or list(ALGORITHMS)[:1])


def algorithm_of(model: str) -> Algorithm:
    """What a learner's model stands for.

    Raises SettingsError where there is no such learner, or not what it needs.
    """
    algorithm = ALGORITHMS.get(model.removeprefix(LEARNER))
    if algorithm is None:
        known = ", ".join((*(LEARNER + name for name in ALGORITHMS), EVERY_LEARNER))
        raise SettingsError(f"--model: there is no {model}; there are {known}")
    if not algorithm.is_installed:
        package = algorithm.package
        raise SettingsError(
            f"--model: {model} needs {package}, which is not installed: pip install {package}"
        )
    return algorithm
