"""Models and the enumerator: a request goes in; an answer, or the reason for none, comes out."""

from bench.proposers.registry import (
    LabelRegistration,
    PredictorRegistration,
    Registered,
    Registration,
    Registry,
    registry_of,
)

__all__ = [
    "LabelRegistration",
    "PredictorRegistration",
    "Registered",
    "Registration",
    "Registry",
    "registry_of",
]
