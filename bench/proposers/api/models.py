"""What models' names tell: which options they take, and which model a deployment serves."""

from collections.abc import Sequence

from bench.options.settings import SettingsError

_NO_REASONING = ("gpt-3.5", "gpt-4", "gpt-5-chat", "chatgpt-", "o1-mini", "o1-preview")
_NO_VERBOSITY = (*_NO_REASONING, "o1", "o3", "o4")

_REASONING = (
    *("gpt-5", "gpt-oss", "o1", "o3", "o4"),
    *("claude", "deepseek", "gemini", "glm", "grok", "kimi", "magistral", "minimax"),
    *("qwen3", "qwq"),
)
"""Families whose members reason, or can. Only to these an effort of `none` means something."""


def takes_effort(model: str, effort: str) -> bool:
    """Whether this reasoning effort is sent to the model. `--omit` leaves it out for any.

    `none` is not sent to a model that may not know the field, as it may not reason at all.
    """
    name = _plain(model)
    if name.startswith(_NO_REASONING):
        return False
    return effort != "none" or name.startswith(_REASONING)


def takes_verbosity(model: str) -> bool:
    """Whether the model takes a text verbosity."""
    return not _plain(model).startswith(_NO_VERBOSITY)


def behind(name: str, base_models: Sequence[str]) -> str:
    """The model behind a name: the one that `--base-model` gives, else the name itself."""
    given = dict(map(_pair, base_models))
    return given.get(name) or given.get("") or name


def check_base_models(base_models: Sequence[str], models: Sequence[str]) -> None:
    """Raise SettingsError for a `--base-model` of no deployment, or of one named twice."""
    named: set[str] = set()
    for value in base_models:
        deployment, model = _pair(value)
        if deployment and deployment not in models:
            raise SettingsError(
                f"--base-model: {value!r} is not allowed; {deployment!r} is not in --model"
            )
        if not model or deployment in named:
            raise SettingsError(
                f"--base-model: {value!r} is not allowed; give MODEL, or NAME=MODEL once a name"
            )
        named.add(deployment)


def _pair(value: str) -> tuple[str, str]:
    """Deployment and model of NAME=MODEL. A value without a name is for every deployment."""
    deployment, _, model = value.rpartition("=")
    return deployment.strip(), model.strip()


def _plain(model: str) -> str:
    """The model's own name, without a vendor's in front or the mark of a fine-tuned one."""
    return model.lower().rpartition("/")[2].removeprefix("ft:")
