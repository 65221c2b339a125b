"""The runs of a reports folder in a browser: a server on loopback, which writes nothing."""

from bench.show.served.viewing import main

__all__ = ["main"]
