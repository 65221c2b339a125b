"""The beginning of a run: whether it can run at all, and its files once points are selected."""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import pytest
import structlog

from bench.jail import Isolation, Jail, JailBroken, detect
from bench.options.settings import SettingsError
from bench.plugin.hosts.place import is_all_far
from bench.plugin.notices import Notices
from bench.plugin.stash import (
    GRID,
    HOSTS,
    JAIL,
    REGISTRY,
    REPORT_FILE,
    RUN,
    RUN_ID,
    SETTINGS,
    WARNINGS,
)
from bench.proposers import Registry
from bench.proposers.proposer import Outage
from bench.question.grid import GridPoint
from bench.record.key import varying
from bench.record.wording import printable
from bench.run.conditions import (
    need_apart,
    need_isolation,
    need_leave_to_pay,
    need_privacy,
    need_reachable,
    unpriced,
)

log = structlog.get_logger()


def refuse_without_privacy() -> None:
    """Keep candidates from reading this process. Raises UsageError where the system refuses."""
    try:
        need_privacy()
    except JailBroken as error:
        raise pytest.UsageError(str(error)) from None


def check_machine(config: pytest.Config) -> tuple[str, list[str]]:
    """The isolation that this machine gives, and the models without a known price.

    Raises UsageError where a run with these settings is not possible.
    """
    settings = config.stash[SETTINGS]
    try:
        is_elsewhere = is_all_far(config)
        without_price = unpriced(settings, config.stash[REGISTRY], asks_here=not is_elsewhere)
        if is_elsewhere:
            return "", without_price  # hosts are looked at before their workers start
        isolation = _isolation(config)
        need_isolation(isolation, settings.jail)
        return str(isolation), without_price
    except (JailBroken, Outage, SettingsError) as error:
        raise pytest.UsageError(printable(str(error))) from None


def begin(
    config: pytest.Config,
    isolation: str,
    without_price: Sequence[str],
    selected: Sequence[GridPoint],
) -> None:
    """Start the run's files.

    Raises UsageError where they cannot be written, or where the run may cost too much.
    """
    from bench.run.files import RunFiles
    from bench.run.manifest import begun

    settings, run_id = config.stash[SETTINGS], config.stash[RUN_ID]
    if HOSTS in config.stash and not isolation:
        isolation = "; ".join(sorted(set(config.stash[HOSTS].isolation.values())))
    try:
        need_apart(settings, config.stash[REPORT_FILE])
        if not settings.money.dry_run:
            need_reachable(settings.results, len(selected))
        need_leave_to_pay(selected, settings, config.stash[REGISTRY])
        root, plugins = config.rootpath, _plugins(selected, config.stash[REGISTRY])
        axes = varying(point.key for point in config.stash[GRID])
        manifest = begun(run_id, settings, isolation, root, len(selected), axes, plugins)
        config.stash[RUN] = RunFiles(manifest, settings)
    except (SettingsError, Outage) as error:
        raise pytest.UsageError(printable(str(error))) from None
    except OSError as error:
        raise pytest.UsageError(
            f"cannot write {error.filename}: {error.strerror}; "
            "give another folder with --reports-dir"
        ) from None
    notices = Notices(config, _show_live(config) if _is_watched(config) else nullcontext)
    config.pluginmanager.register(notices, "llm-pv-bench-notices")
    for line in config.stash[WARNINGS]:
        log.warning("warning", detail=line)
    for model in without_price:
        advice = "give --price-input and --price-output"
        log.warning("price_unknown", model=model, advice=advice)


def _isolation(config: pytest.Config) -> Isolation:
    """The level that the jail gives: the very one that the tests will use, if they run here."""
    in_workers = config.pluginmanager.has_plugin("dsession")
    if in_workers or config.stash[SETTINGS].money.dry_run:
        return detect()
    jail = config.stash[JAIL] = Jail()
    config.add_cleanup(jail.stop)
    return jail.start()


def _plugins(selected: Sequence[GridPoint], registry: Registry) -> dict[str, str]:
    """The plugin of each target and model of these points that has one."""
    targets = {point.target for point in selected}
    found = {one.name: one.origin.plugin for one in targets if one.origin is not None}
    asked = {point.model for point in selected}
    return found | {name: of for name, of in registry.plugins.items() if name in asked}


def _show_live(config: pytest.Config) -> Callable[[], AbstractContextManager[None]]:
    """Keep a line up to date at the bottom of the terminal; what takes it away for a while."""
    from bench.plugin.progress import Live

    live = Live(config)
    config.pluginmanager.register(live, "llm-pv-bench-live")
    return live.aside


def _is_watched(config: pytest.Config) -> bool:
    """Whether the output is a terminal, on which a line can be drawn over."""
    terminal = config.pluginmanager.getplugin("terminalreporter")
    is_seen = terminal and terminal.isatty and config.option.capture != "no"
    return bool(is_seen) and os.environ.get("TERM") != "dumb"
