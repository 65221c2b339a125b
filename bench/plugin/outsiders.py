"""What plugins add to a run: each hook of bench/hookspecs.py is asked, plugin by plugin."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pluggy
import pytest

from bench import hookspecs
from bench.options.settings import Settings, SettingsError
from bench.proposers import Registered, Registry, registry_of
from bench.proposers.registry import BUILT_IN, Source
from bench.record.wording import in_one_line
from targets import Target, TargetFault, admit


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
    return registry_of(settings, _sources(config))


def _sources(config: pytest.Config) -> Iterator[Source]:
    for plugin, name, hook in _plugins_with(config, "pytest_llmpv_proposer"):
        ask = partial(_registration, hook)
        yield ask if isinstance(plugin, BuiltInProposer) else _foreign(ask, name)


def _foreign(ask: Source, name: str) -> Source:
    """What asks somebody else's hook, which few runs have."""
    from bench.proposers.foreign import source_of

    return source_of(ask, name)


def _registration(hook: pluggy.HookCaller, model: str, settings: Settings) -> Any:
    return hook(model=model, settings=settings)


def targets_of_plugins(config: pytest.Config) -> tuple[Target, ...]:
    """The targets of plugins. Raises SettingsError, which names the plugin at fault."""
    found: list[Target] = []
    for _, name, hook in _plugins_with(config, "pytest_llmpv_targets"):
        for target in _listed_targets(hook, name):
            try:
                found.append(admit(target, name, found))
            except TargetFault as fault:
                raise SettingsError(str(fault)) from None
    return tuple(found)


def _listed_targets(hook: pluggy.HookCaller, name: str) -> list[Any]:
    """What a plugin's hook gives, as a list. Raises SettingsError where it is none."""
    what = f"the plugin {name}: pytest_llmpv_targets"
    try:
        (given,) = hook() or [[]]  # pluggy leaves out a plugin that gives None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - it is somebody else's, and the line says whose
        raise SettingsError(f"{what} raised {in_one_line(error)}") from None
    if not isinstance(given, list | tuple):
        raise SettingsError(f"{what} gave {type(given).__name__}, and no list of targets")
    return list(given)


def _plugins_with(
    config: pytest.Config, hook: str
) -> Iterator[tuple[object, str, pluggy.HookCaller]]:
    """The plugins with this hook, in the order in which pytest calls them: each with its name.

    Each has its hook by itself, as a hook that is called for all of them does not tell who failed.
    """
    manager = config.pluginmanager
    every = [
        impl
        for impl in getattr(config.hook, hook).get_hookimpls()
        if not (impl.wrapper or impl.hookwrapper)
    ]
    for impl in reversed(every):
        others = [other.plugin for other in every if other is not impl]
        yield impl.plugin, _name(config, impl), manager.subset_hook_caller(hook, others)


def _name(config: pytest.Config, impl: pluggy.HookImpl) -> str:
    """What a plugin is called in messages and in meta.json, on any machine.

    A distribution has its version; a conftest.py the path from the folder of the command.
    """
    for plugin, distribution in config.pluginmanager.list_plugin_distinfo():
        if plugin is impl.plugin:
            return f"{distribution.metadata['name']} {distribution.version}"
    path = Path(impl.plugin_name)
    if not path.is_absolute():
        return impl.plugin_name
    folder = config.invocation_params.dir
    return str(path.relative_to(folder) if folder in path.parents else Path(*path.parts[-2:]))
