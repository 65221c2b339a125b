"""From an answer's text to the candidate's source. Nothing here runs that text, or takes long."""

from bench.contract.choice import Extracted, extract

__all__ = ["Extracted", "extract"]
