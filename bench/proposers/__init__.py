"""Whatever turns a prompt into an answer: a model, the enumerator, a replayed answer."""

from bench.proposers.base import Proposer
from bench.settings import ENUMERATOR, Settings


def make_proposer(model: str, settings: Settings, run_id: str) -> Proposer:
    """The proposer that a value of `--model` names."""
    if model == ENUMERATOR:
        from bench.proposers.enumerator import Enumerator

        return Enumerator(seconds=settings.enumerator_seconds)
    raise NotImplementedError(run_id)
