"""Options of pytest and its plugins with which a run of the benchmark makes no sense."""

import pytest

from bench.options.settings import Settings
from bench.plugin.hosts.place import far_specs
from bench.proposers import Registry

_OF_THE_CACHE = {"lf": "--lf", "failedfirst": "--ff", "newfirst": "--nf"}
"""Options of pytest that go by what it has written on this machine, by their names."""


def refuse_senseless(config: pytest.Config, settings: Settings, registry: Registry) -> None:
    """Raise UsageError, in one line, where such an option is given."""
    if not __debug__ and getattr(config.option, "assertmode", "plain") == "plain":
        raise pytest.UsageError(
            "--assert=plain: Python leaves out assertions (-O, PYTHONOPTIMIZE), "
            "so that every point would pass; give one of the two alone"
        )
    if config.pluginmanager.is_blocked("terminal"):
        raise pytest.UsageError(
            "-p no:terminal: the JSON report is not made without it; give -q -q instead"
        )
    if config.getoption("setuponly", False):  # --setup-plan sets it as well
        flag = "--setup-plan" if config.getoption("setupplan", False) else "--setup-only"
        raise pytest.UsageError(
            f"{flag}: models would be asked, and no point would pass or fail; leave it out"
        )
    if settings.asking.batch and config.getoption("tx", None):
        raise pytest.UsageError(
            "--batch: one process holds all searches, as they share batches; "
            "leave out -n and --tx, or divide the run with --shard"
        )
    for name, flag in _OF_THE_CACHE.items():
        if config.getoption(name, False) and far_specs(config):
            raise pytest.UsageError(
                f"{flag}: other machines (--tx) do not know what failed or ran here, and would run "
                "all points; leave it out, and select points by -k or their ids"
            )
    again = _runs_points_again(config)
    if again == "--reruns" and far_specs(config):
        raise pytest.UsageError(
            "--reruns: pytest-rerunfailures reaches no other machine (--tx); "
            "leave it out, and run again what came to no result"
        )
    if again and registry.recorded and settings.money.replay == "off":
        raise pytest.UsageError(
            f"{again} with --replay off: a point has the same answers each time that it runs "
            "in one run; give one of the two alone, or --trials for more answers"
        )


def _runs_points_again(config: pytest.Config) -> str:
    """The option of a plugin that runs a point more than once, or an empty text.

    It may be one of pytest-repeat, pytest-xdist or pytest-rerunfailures.
    """
    if (config.getoption("count", 1) or 1) > 1:
        return "--count"
    if config.getoption("dist", "no") == "each" and config.getoption("tx", None):
        return "--dist each"
    reruns = config.getoption("reruns", None)
    if reruns is None and config.pluginmanager.hasplugin("rerunfailures"):
        reruns = config.getini("reruns")
    return "" if reruns in (None, "", "0", 0) else "--reruns"
