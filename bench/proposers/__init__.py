"""Whatever turns a prompt into an answer: a model, the enumerator, a replayed answer."""

from bench.proposers.base import Proposer
from bench.settings import ENUMERATOR, Settings, SettingsError


def make_proposer(model: str, settings: Settings, run_id: str) -> Proposer:
    """Whoever answers for this model: the enumerator, or a model whose answers go through the ledger."""
    if model == ENUMERATOR:
        from bench.proposers.enumerator import Enumerator

        enumerator: Proposer = Enumerator(seconds=settings.enumerator_seconds)
        return enumerator
    from bench.ledger.answers import Ledgered
    from bench.proposers.responses import Responses, host_of

    if settings.api != "responses":
        raise SettingsError(f"--api: {settings.api!r} is not available; give responses")
    if settings.background:
        raise SettingsError("--background is not available; leave it out")
    proposer = Responses(settings)
    if settings.dry_run:
        return proposer  # nothing is asked, so nothing is recorded
    return Ledgered(proposer, settings, host_of(settings), run_id)
