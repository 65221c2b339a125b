"""The connection to a model server: the `openai` client with its retries, and every failure as one Outage."""

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.options.settings import Settings, SettingsError
from bench.proposers.address import address_of, base_url_of, host_of
from bench.proposers.api.failures import Failure, explain
from bench.proposers.base import Broken, Outage, Refused
from bench.record.wording import printable

if TYPE_CHECKING:
    import openai

SECRET = 7
"""Characters from which a key is taken for a secret."""


def read_key(settings: Settings) -> str:
    """The API key. Raises SettingsError where there is none, or none that can be sent."""
    path = settings.api_key_file
    try:
        key = path.read_text("utf-8") if path else os.environ.get("OPENAI_API_KEY", "")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"cannot read the API key in {path}: check --api-key-file") from None
    key = key.strip()
    if not key:
        raise SettingsError("no API key: set OPENAI_API_KEY or give --api-key-file")
    if not key.isascii() or not key.isprintable() or " " in key:
        where = path or "OPENAI_API_KEY"
        raise SettingsError(f"the API key is not one word of ASCII: check {where}")
    return key


class Client:
    """Sends bodies and takes JSON objects. Connects, and reads the key, when first asked."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = base_url_of(settings)
        self.host = host_of(self._base_url)
        self.address = address_of(self._base_url)
        self._settings = settings
        self._key: str | None = None
        self._client: openai.AsyncOpenAI | None = None

    async def send(
        self, method: str, path: str, model: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> tuple[dict[str, Any], str | None]:
        """The JSON object that came back, and its request id. Raises Outage; Broken where it may be billed."""
        import httpx2
        import openai

        from bench.proposers.api.connection import ID_HEADER, BrokenReply

        client = self._connect(model)
        options: Any = {"headers": {ID_HEADER: key}} if key else {}
        try:
            if method == "GET":
                reply = await client.get(path, cast_to=httpx2.Response, options=options)
            else:
                reply = await client.post(path, cast_to=httpx2.Response, body=body, options=options)
        except openai.OpenAIError as error:
            kind = Broken if isinstance(error, BrokenReply) else Outage
            raise self.outage(model, explain(error, path, body or {}), kind) from None
        try:
            payload = self._blotted_all(json.loads(reply.content.decode("utf-8-sig")))
        except RecursionError:
            raise self.outage(model, Failure("the reply is nested too deeply", "check --base-url")) from None
        if not isinstance(payload, dict):
            raise self.outage(model, Failure("the reply is not a JSON object", "check --base-url"))
        return payload, self._blotted_all(reply.headers.get("x-request-id"))

    def outage(self, model: str, failure: Failure, kind: type[Outage] = Outage) -> Outage:
        """The failure as an error of one line, in which the key is blotted out."""
        if failure.is_refusal:
            return Refused(self._blotted(failure.what), failure.ends, failure.status)
        line = " ".join(f"{failure.what}: {failure.advice} (model {model} at {self.host})".split())
        return kind(self._blotted(printable(line)), failure.ends, failure.status)

    def _blotted(self, text: str) -> str:
        """The text without the key. What local servers take for one ("x", "EMPTY") is too short for a secret."""
        return text.replace(self._key, "[key]") if self._key and len(self._key) >= SECRET else text

    def _blotted_all(self, value: Any) -> Any:
        """The same for every text in a value of JSON: as parsed, where no escape hides the key."""
        if isinstance(value, str):
            return self._blotted(value)
        if isinstance(value, list):
            return [self._blotted_all(item) for item in value]
        if isinstance(value, dict):
            return {self._blotted(name): self._blotted_all(item) for name, item in value.items()}
        return value

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _connect(self, model: str) -> "openai.AsyncOpenAI":
        if self._client is None:
            import openai

            from bench.proposers.api.connection import Http, limits

            self._key = self._read_key(model)
            settings = self._settings
            try:
                self._client = openai.AsyncOpenAI(
                    api_key=self._key,
                    base_url=self._base_url,
                    timeout=limits(settings.request_timeout),
                    max_retries=settings.max_retries,
                    http_client=Http(settings.request_timeout),
                )
            except (ImportError, ValueError, OSError) as error:
                advice = "check the proxies and certificates in the environment"
                raise self.outage(model, Failure(f"cannot connect: {error}", advice, "run")) from None
        return self._client

    def _read_key(self, model: str) -> str:
        try:
            return read_key(self._settings)
        except SettingsError as error:
            raise Outage(f"{error} (model {model})", "run") from None
