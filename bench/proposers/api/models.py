"""What is known of models by their names: which options they take, and what a deployment is."""

from bench.options.settings import ENUMERATOR, Settings, SettingsError

_NO_REASONING = ("gpt-3.5", "gpt-4", "gpt-5-chat", "chatgpt-", "o1-mini", "o1-preview")
_NO_VERBOSITY = (*_NO_REASONING, "o1", "o3", "o4")

_REASONING = (
    "gpt-5", "gpt-oss", "o1", "o3", "o4", "claude", "deepseek", "gemini", "glm", "grok", "kimi",
    "magistral", "minimax", "qwen3", "qwq",
)  # fmt: skip
"""Families of which the members reason, or can: to these an effort of `none` says something."""


def takes_effort(model: str, effort: str) -> bool:
    """Whether the model is sent this reasoning effort. `--request-json` can null the field for any.

    An effort of `none` is none to a model that may not reason at all: the field is left out.
    """
    name = _plain(model)
    if name.startswith(_NO_REASONING):
        return False
    return effort != "none" or name.startswith(_REASONING)


def takes_verbosity(model: str) -> bool:
    """Whether the model takes a text verbosity."""
    return not _plain(model).startswith(_NO_VERBOSITY)


def behind(name: str, settings: Settings) -> str:
    """The model behind the name that is asked: what `--base-model` says that it is, or itself."""
    given = dict(map(_pair, settings.base_model))
    return given.get(name) or given.get("") or name


def check_base_models(settings: Settings) -> None:
    """Raises SettingsError for a `--base-model` that names no deployment, or one twice."""
    named: set[str] = set()
    for value in settings.base_model:
        deployment, model = _pair(value)
        if deployment and (deployment not in settings.model or deployment == ENUMERATOR):
            raise SettingsError(
                f"--base-model: {value!r} is not allowed; {deployment!r} is not in --model"
            )
        if not model or deployment in named:
            raise SettingsError(
                f"--base-model: {value!r} is not allowed; give MODEL, or NAME=MODEL once a name"
            )
        named.add(deployment)


def _pair(value: str) -> tuple[str, str]:
    """Deployment and model of NAME=MODEL; a value without a name is of every deployment."""
    deployment, _, model = value.rpartition("=")
    return deployment.strip(), model.strip()


def _plain(model: str) -> str:
    """The model's own name, without its vendor's and the mark of a fine-tuned one."""
    return model.lower().rpartition("/")[2].removeprefix("ft:")
