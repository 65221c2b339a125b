"""Models and the enumerator: a request goes in; an answer comes out, or an error that says why."""

from bench.proposers.registry import make_asker

__all__ = ["make_asker"]
