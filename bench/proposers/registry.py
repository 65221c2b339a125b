"""Which proposer asks the models of a run."""

from bench.options.settings import AskingOptions, QuestionOptions, SettingsError
from bench.proposers.proposer import Proposer
from bench.record.tools import NO_TOOLS


def make_asker(question: QuestionOptions, asking: AskingOptions) -> Proposer:
    """The proposer that asks models, without a ledger in front of it.

    Raises SettingsError for options that do not go together.
    """
    from bench.proposers.api.chat import Chat
    from bench.proposers.api.models import check_base_models
    from bench.proposers.api.responses import Responses

    check_base_models(asking.base_model, question.model)
    if asking.cancel_on_exit and not asking.background:
        raise SettingsError("--cancel-on-exit: there is nothing to cancel without --background")
    if question.tool_choice == "required" and question.tools == (NO_TOOLS,):
        raise SettingsError("--tool-choice required: there is no tool without --tools")
    api = Chat if asking.api == "chat" else Responses
    return api(question, asking)
