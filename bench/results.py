"""Read what a run left behind: the face of bench/run/results.py, for notebooks and scripts."""

from bench.run.results import Results, ResultsError, load

__all__ = ["Results", "ResultsError", "load"]
