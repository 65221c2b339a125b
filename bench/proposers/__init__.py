"""Whatever turns a prompt into an answer: a model, the enumerator, a replayed answer."""

from bench.proposers.registry import make_asker

__all__ = ["make_asker"]
