"""LLM-PV bench: can a language model induce a program from examples?"""

# It takes the name of the room, whose modules are imported by `from bench.run.x import y`.
from bench.run.called import run

__version__ = "0.1.0"
__all__ = ["run"]
