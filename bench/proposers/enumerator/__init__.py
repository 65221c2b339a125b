"""The embedded proposer: a prompt goes in; the shortest programs that fit its examples come out."""

from bench.proposers.enumerator.embedded import Enumerator

__all__ = ["Enumerator"]
