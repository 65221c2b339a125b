"""Models and the enumerator: a request goes in; an answer, or the reason for none, comes out."""

from bench.proposers.predictor import Predictor
from bench.proposers.proposer import Proposer
from bench.proposers.registry import (
    LabelRegistration,
    PredictorRegistration,
    Registered,
    Registration,
    Registry,
    registry_of,
)
from bench.record.answer import Answer
from bench.record.usage import Usage

__all__ = [
    "Answer",
    "LabelRegistration",
    "Predictor",
    "PredictorRegistration",
    "Proposer",
    "Registered",
    "Registration",
    "Registry",
    "Usage",
    "registry_of",
]
