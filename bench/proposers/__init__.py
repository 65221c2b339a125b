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
    from bench.proposers.client import host_of

    proposer = make_asker(settings)
    if settings.dry_run:
        return proposer  # nothing is asked, so nothing is recorded
    return Ledgered(proposer, settings, host_of(settings), run_id)


def make_asker(settings: Settings) -> Proposer:
    """Whoever asks models, with no ledger in front. Raises SettingsError for options that do not go together."""
    from bench.proposers.chat import Chat
    from bench.proposers.responses import Responses

    if settings.cancel_on_exit and not settings.background:
        raise SettingsError("--cancel-on-exit: there is nothing to cancel without --background")
    return Chat(settings) if settings.api == "chat" else Responses(settings)
