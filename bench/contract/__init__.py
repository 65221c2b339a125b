"""An answer's text goes in; the candidate's source comes out. Nothing here runs that text."""

from bench.contract.extraction import Extracted, extract

__all__ = ["Extracted", "extract"]
