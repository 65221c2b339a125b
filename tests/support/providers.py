"""The shapes that providers insist on: address, credentials, query and fields of a request."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.replies import Asked, Reply, error

CHAT = {"model", "messages", "stream", "reasoning_effort", "max_completion_tokens"}
RESPONSES = {
    *("model", "input", "max_output_tokens", "store", "stream"),
    *("prompt_cache_key", "reasoning", "text"),
}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a provider takes. Whatever else comes is refused, in words like its own."""

    address: str
    credentials: tuple[str, str]
    """The header by which it knows who asks, and what it has to say."""
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    fields: frozenset[str]
    """Those that a body has."""
    unknown: str = "Unknown parameter: '{}'."

    def reply(self, asked: Asked) -> Reply:
        """An answer, or why there is none."""
        who, says = self.credentials
        extra = sorted(set(asked.body) - self.fields)
        if (asked.path, asked.query) != (self.address, self.query):
            return error(404, f"Resource not found: {asked.path}?{asked.query}")
        if asked.headers.get(who) != says or (who != "authorization" and _is_keyed(asked)):
            return error(401, "Access denied")
        if extra:
            return error(400, "\n".join(map(self.unknown.format, extra)))
        if missing := self.fields - set(asked.body):
            return error(400, f"Field required: {', '.join(missing)}")
        if any(asked.headers.get(name) != value for name, value in self.headers):
            return error(400, "A header is missing")
        return Reply()


def _is_keyed(asked: Asked) -> bool:
    return "authorization" in asked.headers


def bearer(key: str) -> tuple[str, str]:
    return "authorization", f"Bearer {key}"


def shapes(secret: str) -> dict[str, Callable[[Asked], Reply]]:
    """The providers of docs/providers.md, by the names of its sections; keys are this secret."""
    of_azure = "http://my-resource.openai.azure.com/openai"
    gemini = "http://generativelanguage.googleapis.com/v1beta/openai/chat/completions"
    local, both = "http://localhost:{}/v1/chat/completions", frozenset({*CHAT, "max_tokens"})
    without_effort = both - {"reasoning_effort"}
    found = {
        "OpenAI": Shape(
            address="http://api.openai.com/v1/responses",
            credentials=bearer(secret),
            fields=frozenset(RESPONSES),
        ),
        "Azure OpenAI": Shape(
            address=f"{of_azure}/v1/responses",
            credentials=("api-key", secret),
            fields=frozenset(RESPONSES),
        ),
        "Azure OpenAI, a dated version": Shape(
            address=f"{of_azure}/deployments/my-deployment/chat/completions",
            credentials=("api-key", secret),
            query="api-version=2024-10-21",
            fields=frozenset(CHAT),
        ),
        "OpenRouter": Shape(
            address="http://openrouter.ai/api/v1/chat/completions",
            credentials=bearer(secret),
            headers=(("http-referer", "https://example.org"), ("x-title", "LLM-PV")),
            fields=both,
        ),
        "Gemini": Shape(
            address=gemini,
            credentials=bearer(secret),
            fields=both - {"max_completion_tokens"},
            unknown='Invalid JSON payload received. Unknown name "{}": Cannot find field.',
        ),
        "Anthropic": Shape(
            address="http://api.anthropic.com/v1/chat/completions",
            credentials=("x-api-key", secret),
            fields=without_effort,
        ),
        "vLLM": Shape(address=local.format(8000), credentials=bearer("none"), fields=both),
        "Ollama": Shape(
            address=local.format(11434),
            credentials=bearer("none"),
            fields=without_effort,
            unknown='"llama3.2" does not support thinking: {}',
        ),
        "llama.cpp": Shape(
            address=local.format(8080), credentials=bearer("none"), fields=without_effort
        ),
    }
    return {name: shape.reply for name, shape in found.items()}
