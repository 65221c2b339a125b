"""The tables of a paper: the points of some runs go in; methods by task, beside published ones."""

from bench.show.paper.joined import Joined, PaperError, join
from bench.show.paper.paper_tables import Paper, paper

__all__ = ["Joined", "Paper", "PaperError", "join", "paper"]
