"""What plugins add to a run: each hook of bench/hookspecs.py is asked, plugin by plugin."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pluggy
import pytest

from bench import hookspecs
from bench.options.settings import Settings
from bench.proposers import Registered, Registry, registry_of
from bench.proposers.registry import BUILT_IN, Source


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks, and register what is built in by the same ones."""
    pluginmanager.add_hookspecs(hookspecs)
    for name, source in BUILT_IN.items():
        pluginmanager.register(BuiltInProposer(source), f"llm-pv-bench-{name}")


class BuiltInProposer:
    """A plugin with a proposer of the benchmark's own. It is asked after all others."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @pytest.hookimpl(trylast=True)
    def pytest_llmpv_proposer(self, model: str, settings: Settings) -> Registered | None:
        """The registration of this model, if it is one of this proposer's."""
        return self._source(model, settings)


def registered(config: pytest.Config, settings: Settings) -> Registry:
    """The registration of each model. Raises SettingsError, which names the plugin at fault."""
    sources: dict[str, Source] = {
        name: partial(_of_model, hook) for name, hook in _each(config, "pytest_llmpv_proposer")
    }
    return registry_of(settings, sources)


def _of_model(hook: pluggy.HookCaller, model: str, settings: Settings) -> Any:
    return hook(model=model, settings=settings)


def _each(config: pytest.Config, name: str) -> Iterator[tuple[str, pluggy.HookCaller]]:
    """The plugins with this hook, in the order in which pytest calls them, and the hook of each.

    A hook that is called for all at once does not tell who failed.
    """
    manager = config.pluginmanager
    every = [
        impl
        for impl in getattr(config.hook, name).get_hookimpls()
        if not (impl.wrapper or impl.hookwrapper)
    ]
    for impl in reversed(every):
        others = [other.plugin for other in every if other is not impl]
        yield impl.plugin_name, manager.subset_hook_caller(name, others)
