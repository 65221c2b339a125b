"""Classical learners: labelled examples go in; a fitted learner that gives labels comes out."""

from bench.proposers.learners.learner import Learner
from bench.proposers.learners.names import algorithm_of, expanded

__all__ = ["Learner", "algorithm_of", "expanded"]
