"""LLM-PV bench: can a language model induce a program from examples?"""

__version__ = "0.1.0"
