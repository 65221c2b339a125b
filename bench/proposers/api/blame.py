"""What is at fault in a failure, by the server's words: the prompt, the model, a parameter..."""

import re
from typing import Any, Literal

from bench.proposers.api.words import LONGEST, ServerWords, read_words

Fault = Literal[
    "refused",  # a content filter held the prompt back
    "too long",
    "prompt",
    "model",
    "limit",  # more output tokens are asked for than the model gives
    "parameter",
    "tools",  # the model, or its server, knows none
    "lacking",  # the server needs a field that is not sent
    "key",
    "quota",
]
"""What can be at fault in a failure."""

_NAMES: dict[Fault, str] = {
    "refused": """content_filter content_policy_violation responsibleaipolicyviolation
        moderation_blocked data_inspection_failed""",
    "too long": """context_length_exceeded string_above_max_length array_above_max_length
        request_too_large exceed_context_size_error tokens_limit_reached""",
    "prompt": "invalid_prompt",
    "model": """model_not_found deploymentnotfound invalid_model unknown_model model_decommissioned
        model_not_available""",
    "parameter": """unsupported_parameter unknown_parameter unsupported_value invalid_value
        invalid_type integer_above_max_value integer_below_min_value extra_forbidden
        literal_error invalid_parameter_combination""",
    "lacking": "missing missing_required_parameter",
    "key": "invalid_api_key account_deactivated",
    "quota": "insufficient_quota billing_hard_limit_reached billing_not_active",
}
"""The names that servers give their failures: OpenAI, Azure, DashScope, llama.cpp, pydantic."""

_FAULTS: dict[str, Fault] = {name: fault for fault, all_ in _NAMES.items() for name in all_.split()}

_WRONG = r"\b(?:unsupported|unknown|unrecognized|unexpected|invalid|extra)\b.{0,30}?"
_MODEL = r"\bmodels?\b.{0,120}?"

_PATTERNS: tuple[tuple[Fault, str], ...] = (
    ("limit", r"max_(?:\w+_)?tokens\b.{0,60}?(?:too large|exceed|at most|or equal|\d > \d)"),
    ("tools", r"\bsupport(?:s|ing)? (?:for )?(?:tools?\b|function calling)|tool choice requires"),
    ("tools", r"\b(?:tools?|tool[ _]\w+|function calling)\b.{0,20}\b(?:not |un)supported\b"),
    ("refused", r"content[ _](?:filter|policy|management)|content exists risk|usage polic"),
    ("refused", r"inappropriate content|\bflagged\b|\bmoderation\b|safety (?:system|filter)"),
    ("too long", r"context (?:length|window|size)|too many (?:input |prompt )?tokens"),
    ("too long", r"\b(?:prompt|input|string|request)\b.{0,20}\btoo (?:long|large)"),
    ("too long", r"reduce the length|\binputs\b.{0,3}(?:tokens|must have less)"),
    ("key", r"api[ _]key"),
    ("lacking", r"field required|missing required|(?:is|are) required"),
    ("parameter", _WRONG + r"\b(?:parameter|argument|field|propert|keyword|value|input|option)"),
    ("parameter", r"cannot find field|at the same time is not supported"),
    ("parameter", r"does(?: not|n't) support|not supported (?:with|for|by|in) this|not permitted"),
    ("model", _MODEL + r"(?:not found|not exist|n't exist|not a valid|unknown|invalid)"),
    ("model", _MODEL + r"(?:not (?:be )?available|not supported|decommissioned|deprecated)"),
    ("model", _MODEL + r"(?:no access|not have access)"),
    ("model", r"(?:no such|unknown|invalid|unsupported|not a valid|access to) (?:chat )?models?\b"),
)
"""For failures without a name: the first pattern that is found in the message says the fault."""

_MORE_EXACT = (
    ("parameter", "limit"),
    ("parameter", "tools"),
    ("prompt", "refused"),
    ("prompt", "too long"),
)
"""(name, message): where the message knows more. An `invalid_prompt` may offend a policy."""

QUESTION = ("model", "input", "messages", "prompt")
"""The fields of a body that hold the question itself and depend on no option."""

_EFFORT = re.compile("effort|reasoning|thinking", re.IGNORECASE)
_ANY_CASE = re.IGNORECASE | re.DOTALL


def fault_of(words: ServerWords, *, named_alone: bool = False) -> Fault | None:
    """What is at fault in a request that was not taken; None where the server does not say.

    The failure's name decides or, unless `named_alone`, without a name its message.
    """
    named = next((_FAULTS[kind] for kind in words.kinds if kind in _FAULTS), None)
    message = words.message[:LONGEST]
    spoken = (fault for fault, pattern in _PATTERNS if re.search(pattern, message, _ANY_CASE))
    said = next(spoken, None)
    fault = said if (named, said) in _MORE_EXACT else named
    if named_alone:
        return fault
    fault = fault or said
    root = re.split(r"[.\[]", words.param)[0]
    if root == "model" and fault in (None, "parameter", "lacking"):
        return "model"
    if root in ("tools", "tool_choice") and fault in (None, "parameter"):
        return "tools"
    if root in QUESTION and fault in (None, "parameter"):
        return "prompt"
    return fault or ("parameter" if root else None)


def is_of_effort(words: ServerWords) -> bool:
    """Whether the parameter that was refused is the reasoning effort."""
    return bool(_EFFORT.search(words.param or words.message))


def is_of_model(words: ServerWords) -> bool:
    """Whether the parameter was refused for this model, and not in general."""
    return bool(re.search(r"\bmodel\b", words.message, re.IGNORECASE))


def is_quota(body: Any) -> bool:
    """Whether a reply's body says that the account has no money left, which comes as a 429."""
    return fault_of(read_words(body)) == "quota"
