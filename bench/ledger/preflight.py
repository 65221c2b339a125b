"""What is checked before a run: can it record what it pays for, and can it keep its budget?"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bench.ledger import batch_rows, spill
from bench.ledger.prices import price_of
from bench.ledger.store import Ledger
from bench.options.model_names import asked_name
from bench.options.settings import AskingOptions, Settings, SettingsError
from bench.proposers import Registry
from bench.proposers.address import check_proxies
from bench.proposers.answer_key import canonical
from bench.proposers.api.body import output_limit
from bench.proposers.api.credentials import read_headers, read_key, read_query
from bench.proposers.api.models import check_base_models
from bench.proposers.proposer import Proposer, Request
from bench.record.wording import counted

log = structlog.get_logger(__name__)


def check(settings: Settings, registry: Registry, *, asks_here: bool = True) -> list[str]:
    """The models whose price is not known, of those whose answers cost money.

    Raises SettingsError for a budget without a price, a model without a key (where it is this
    machine that asks), and options from which no request can be made: all that before anything is
    paid for.
    """
    models = registry.paid
    if models:
        check_base_models(settings.asking.base_model, tuple(map(asked_name, models)))
        _check_bodies(settings, registry)
    asking, money = settings.asking, settings.money
    if models and asking.batch and money.replay == "only":
        raise SettingsError(
            "--batch with --replay only: nothing is asked, so that there is no batch; "
            "give one of the two alone"
        )
    unpriced = [m for m in models if price_of(asked_name(m), asking, money) is None]
    if money.max_cost is not None and unpriced and money.replay != "only":
        raise SettingsError(
            f"--max-cost: no price is known for {', '.join(unpriced)}; "
            "give --price-input and --price-output"
        )
    if models and asks_here and money.lets_ask:
        _need_key(models, settings.asking)
        read_headers(settings.asking)
        read_query(settings.asking)
        check_proxies()
    return unpriced


def need_ledger(settings: Settings, registry: Registry) -> None:
    """Raise LedgerError where the ledger could not be read, or could not take answers.

    Answers that an earlier run could not put there are taken over now.
    """
    if settings.money.dry_run or not registry.recorded:
        return
    asks_nobody = settings.money.replay == "only"
    ledger = Ledger(settings.ledger_path, must_exist=asks_nobody)
    try:
        ledger.need_whole()
        if not asks_nobody:
            ledger.need_room()
        if not ledger.is_frozen:
            spill.collect(ledger, spill.folder_in(settings.results.reports_dir))
        if registry.paid and settings.money.replay == "auto" and not settings.asking.batch:
            _tell_of_batches(ledger)
    finally:
        ledger.close()


def _tell_of_batches(ledger: Ledger) -> None:
    """Say so where batches are still to be collected, which only a run with `--batch` does."""
    if count := batch_rows.left(ledger):
        what = counted(count, "answer")
        line = f"{what} of an earlier run's batches can be collected, by the same run with --batch"
        log.warning("batches_left", detail=f"{line}; what is asked without is paid for again")


def _check_bodies(settings: Settings, registry: Registry) -> None:
    """Raise SettingsError where two points ask the same, or an answer could cost anything."""
    bounded = settings.money.max_cost is not None and settings.money.replay != "only"
    for model, registration in registry.paid_proposers.items():
        asker = registration.make()
        bodies = {
            effort: _body(asker, asked_name(model), effort)
            for effort in settings.question.reasoning_effort
        }
        _refuse_same(model, bodies)
        if bounded and None in map(output_limit, bodies.values()):
            raise SettingsError(
                f"--max-cost: nothing limits the output tokens of a request to {model}; "
                "leave the field for them as it is in --request-json and --omit"
            )


def _refuse_same(model: str, bodies: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise SettingsError for equal bodies: they would be one question under two names."""
    asked: dict[str, str] = {}
    for effort, body in bodies.items():
        other = asked.setdefault(canonical(body), effort)
        if other != effort:
            raise SettingsError(
                f"--reasoning-effort: {other} and {effort} are not allowed for {model}, which is "
                "asked the same with both; give it one of them, in a run of its own"
            )


def _body(asker: Proposer, model: str, effort: str) -> Mapping[str, Any]:
    """The body of a request with an empty prompt."""
    blank = Request(point="", model=model, reasoning_effort=effort, prompt="", trial=1, attempt=1)
    return asker.body(blank)


def _need_key(models: Sequence[str], asking: AskingOptions) -> None:
    """Raise SettingsError where there is no usable key, and say which options need none."""
    try:
        read_key(asking)
    except SettingsError as error:
        hint = "; for a server that checks none, any word will do" if asking.base_url else ""
        asked = ",".join(models)
        raise SettingsError(
            f"--model {asked}: {error}; --dry-run and --replay only need none{hint}"
        ) from None
