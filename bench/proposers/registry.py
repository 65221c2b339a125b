"""Which proposer asks the models of a run."""

from bench.options.settings import Settings, SettingsError
from bench.proposers.base import Proposer


def make_asker(settings: Settings) -> Proposer:
    """The proposer that asks models, without a ledger in front of it.

    Raises SettingsError for options that do not go together.
    """
    from bench.proposers.api.chat import Chat
    from bench.proposers.api.models import check_base_models
    from bench.proposers.api.responses import Responses

    check_base_models(settings)
    if settings.cancel_on_exit and not settings.background:
        raise SettingsError("--cancel-on-exit: there is nothing to cancel without --background")
    if settings.tool_choice == "required" and not settings.enable_code_interpreter:
        raise SettingsError(
            "--tool-choice required: there is no tool without --enable-code-interpreter"
        )
    return Chat(settings) if settings.api == "chat" else Responses(settings)
