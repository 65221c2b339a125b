"""The page of a run: results go in; one HTML file that asks nobody for anything comes out."""

from bench.show.page.build import build, write

__all__ = ["build", "write"]
