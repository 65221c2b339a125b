"""Read what a run left behind: the face of bench/run/readback.py, for notebooks and scripts."""

from bench.run.readback import Results, ResultsError, load

__all__ = ["Results", "ResultsError", "load"]
