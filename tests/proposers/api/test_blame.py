"""Whose fault a refused request is: errors as servers send them, and what each of them ends."""

from typing import Any

import httpx2
import openai
import pytest

from bench.proposers.api.failures import Failure, explain
from bench.proposers.proposer import Ends

SENT = {
    "model": "m",
    "input": "say",
    "max_output_tokens": 20_000,
    "reasoning": {"effort": "high"},
    "prompt_cache_key": "k",
    "text": {"verbosity": "low"},
    "service_tier": "flex",
    "top_k": 1,
}


def failure(status: int, body: Any, path: str = "/responses") -> Failure:
    """What is made of the client's own error for this reply."""
    reply = httpx2.Response(status, json=body, request=httpx2.Request("POST", "http://h"))
    client = openai.AsyncOpenAI(api_key="k")
    return explain(client._make_status_error_from_response(reply), path, SENT)


def openai_error(message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return {"error": error}


REFUSED = [
    (400, openai_error("The response was filtered", "content_filter", "prompt")),
    (400, openai_error("Your prompt was flagged as violating our usage policy.", "invalid_prompt")),
    (400, {"error": {"message": "no", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}),
    (400, {"error": {"message": "Content Exists Risk", "code": "invalid_request_error"}}),
    (403, {"error": {"message": "Your input was flagged", "code": 403}}),
]


@pytest.mark.parametrize(("status", "body"), REFUSED)
def test_a_content_filter_is_a_refusal(status: int, body: Any) -> None:
    assert failure(status, body).is_refusal and failure(status, body).ends == "point"


CONTEXT = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens."
_UNKNOWN = 'Invalid JSON payload received. Unknown name "{}": Cannot find field.'
GEMINI = "\n".join(map(_UNKNOWN.format, ("text", "prompt_cache_key")))
CASES: list[tuple[int, Any, Ends | None, str]] = [
    # this prompt alone
    (400, openai_error(CONTEXT, "context_length_exceeded", "input"), "point", "prompt is too long"),
    (400, openai_error("Too long", "string_above_max_length"), "point", "prompt is too long"),
    (400, openai_error("Invalid prompt", "invalid_prompt"), "point", "does not take this prompt"),
    (400, openai_error("Invalid 'input': odd", "invalid_value", "input"), "point", "this prompt"),
    (400, {"object": "error", "message": CONTEXT, "code": 400}, "point", "prompt is too long"),
    (400, {"error": {"type": "exceed_context_size_error", "message": "x"}}, "point", "too long"),
    (500, {"error": {"type": "exceed_context_size_error", "message": "x"}}, "point", "too long"),
    (413, "<html>", "point", "prompt is too long"),
    # this model at this effort
    (
        400,
        openai_error("Unsupported value: 'none'", "unsupported_value", "reasoning.effort"),
        "effort",
        "another --reasoning-effort, or --omit reasoning leaves it out",
    ),
    (400, openai_error('"llama3.2" does not support thinking'), "effort", "--reasoning-effort"),
    (422, {"detail": [{"loc": ["body", "reasoning", "effort"], "msg": "odd"}]}, "effort", "--omit"),
    # this model
    (404, openai_error("The model `m` does not exist", "model_not_found"), "model", "model's name"),
    (404, openai_error('model "llama3.2" not found, try pulling it'), "model", "model's name"),
    (404, {"error": {"code": "DeploymentNotFound", "message": "gone"}}, "model", "model's name"),
    (403, openai_error("Project `p` has no access to model `m`"), "model", "model's name"),
    (400, {"error": {"message": "m is not a valid model", "code": 400}}, "model", "model's name"),
    (400, openai_error("Model Not Exist"), "model", "model's name"),
    (400, openai_error("odd", None, "model"), "model", "model's name"),
    (
        400,
        openai_error("max_tokens is too large: 20000. This model gives 16384", "invalid_value"),
        "model",
        "lower --max-output-tokens",
    ),
    (
        400,
        openai_error("Unsupported parameter: 'text.verbosity' is not supported with this model."),
        "model",
        "--omit text leaves it out",
    ),
    # all of the run
    (
        400,
        openai_error("Unknown: 'prompt_cache_key'.", "unknown_parameter", "prompt_cache_key"),
        "run",
        "--omit prompt_cache_key leaves it out",
    ),
    (422, {"detail": [{"loc": ["body", "text"], "type": "extra_forbidden"}]}, "run", "text"),
    (422, {"detail": [{"loc": ["body", "messages"], "type": "missing"}]}, "run", "check --api"),
    (400, openai_error("API key not valid. Please pass a valid API key."), "run", "the API key"),
    (400, openai_error("Unsupported parameter in your text"), "run", "--omit FIELD leaves"),
    (400, openai_error("unknown option: max_output_tokens"), "run", "--omit max_output"),
    (400, [{"error": {"code": 400, "message": GEMINI}}], "run", "--omit text,prompt_cache_key"),
    (400, openai_error("Unsupported: use 'text' and not 'reasoning'", None, "text"), "run", "text"),
    (
        400,
        openai_error("'store' and 'text' at the same time is not supported."),
        "run",
        "--omit text leaves it out",
    ),
    (400, openai_error("Unknown parameter: 'service_tier'"), "run", "leave out --service-tier"),
    (
        400,
        openai_error("Unknown parameter: 'top_k'"),
        "run",
        "take top_k out of the file of --request-json",
    ),
    (401, openai_error("This model is not for you"), "run", "check the API key"),
    (402, {"error": {"message": "Insufficient Balance"}}, "run", "quota is spent"),
    (429, openai_error("You exceeded your quota", "insufficient_quota"), "run", "quota is spent"),
    (403, openai_error("no"), "run", "what the API key may use"),
    (404, {"detail": "Not Found"}, "run", "give --api chat where the server has no Responses API"),
    (405, "<html>", "run", "--api chat"),
    # nobody knows, or waiting cures it
    (400, openai_error("odd"), None, "check the model's options"),
    (400, {"error": "odd"}, None, "check the model's options"),
    (429, openai_error("Too many tokens, please wait", "rate_limit_exceeded"), None, "wait"),
    (503, openai_error("The model `m` does not exist"), None, "run again later"),
]


@pytest.mark.parametrize(("status", "body", "ends", "advice"), CASES)
def test_a_refused_request_ends_what_it_speaks_of(
    status: int,
    body: Any,
    ends: Ends | None,
    advice: str,
) -> None:
    made = failure(status, body)
    assert made.ends == ends and advice in made.advice and not made.is_refusal
    assert made.what.startswith(f"HTTP {status}")


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (openai_error("No.", "odd_code"), "HTTP 400, No. (odd_code)"),
        ({"error": {"message": "No.", "code": 400}}, "HTTP 400, No."),
        ({"error": "No."}, "HTTP 400, No."),
        ({"detail": [{"loc": ["body", "a"], "msg": "No."}]}, "HTTP 400, a: No."),
        ({"error": {"message": "Bad", "metadata": {"raw": "No."}}}, "HTTP 400, Bad: No."),
        ({"error": {"message": 7, "code": [1], "param": {}}}, "HTTP 400"),
        ([], "HTTP 400"),
    ],
)
def test_the_servers_own_words_and_code_are_shown(body: Any, what: str) -> None:
    assert failure(400, body).what == what


def test_words_without_end_are_cut() -> None:
    assert len(failure(400, openai_error("x" * 10**6)).what) < 700


def test_another_api_has_no_advice_on_the_responses_api() -> None:
    assert "--api" not in failure(404, {"detail": "Not Found"}, "/chat/completions").advice
