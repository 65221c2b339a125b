"""The embedded proposer: exhaustive, length-first search over a small language of programs."""

from bench.proposers.enumerator.proposer import Enumerator

__all__ = ["Enumerator"]
