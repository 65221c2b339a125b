"""LLM-PV bench: can a language model induce a program from examples?"""

from bench.run.called import run

__version__ = "0.1.0"
__all__ = ["run"]
