"""Models and the enumerator: a request goes in; an answer, or the reason for none, comes out."""

from bench.proposers.registry import make_asker

__all__ = ["make_asker"]
