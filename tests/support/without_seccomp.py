"""A plugin for one test: a machine that has no seccomp, as far as the jail can see."""

from functools import partial

from bench.jail import Jail


def pytest_configure() -> None:
    """Have the run's jail leave it out."""
    from bench.plugin import begin  # now that pytest can rewrite its assertions

    vars(begin)["Jail"] = partial(Jail, without=("seccomp",))
