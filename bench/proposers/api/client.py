"""The connection to a model server: the `openai` client, and every failure as an Outage."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from bench.options.secret import secrets_of
from bench.options.settings import AskingOptions, SettingsError
from bench.proposers.address import address_of, base_url_of, host_of
from bench.proposers.api.credentials import read_headers, read_key, read_query
from bench.proposers.api.failures import Failure, explain
from bench.proposers.proposer import Broken, Outage, Refused, TooLong
from bench.record.wording import printable

if TYPE_CHECKING:
    import httpx2
    import openai


class Client:
    """Sends bodies and returns JSON objects. It reads the key and connects at the first request."""

    def __init__(self, asking: AskingOptions, models: Sequence[str] = ()) -> None:
        """`models` are those of the run, whose names are no secrets."""
        self._base_url = base_url_of(asking.base_url)
        self.host = host_of(self._base_url)
        self.address = address_of(self._base_url)
        self._asking = asking
        self._secrets = secrets_of(asking, models)
        self._client: openai.AsyncOpenAI | None = None

    async def send(
        self,
        method: str,
        path: str,
        model: str,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> tuple[dict[str, Any], str | None]:
        """The JSON object that came back, and its request id.

        Raises Outage, of the kind Broken where the request may be billed all the same.
        """
        from bench.proposers.api.connection import ID_HEADER

        headers = {ID_HEADER: key} if key else {}
        reply = await self.reply(method, path, model, body, headers=headers)
        return self.read(reply, model), self.blotted(reply.headers.get("x-request-id"))

    def read(self, reply: "httpx2.Response", model: str) -> dict[str, Any]:
        """The JSON object in a reply, without the secrets. Raises Outage."""
        from bench.proposers.api.connection import PAYLOAD

        try:
            payload = self.blotted(reply.extensions[PAYLOAD])
        except RecursionError:
            deep = Failure("the reply is nested too deeply", "check --base-url")
            raise self.outage(model, deep) from None
        if not isinstance(payload, dict):
            other = Failure("the reply is not a JSON object", "check --base-url")
            raise self.outage(model, other)
        return payload

    async def reply(
        self,
        method: str,
        path: str,
        model: str,
        body: Mapping[str, Any] | None = None,
        files: Sequence[Any] | None = None,
        **options: Any,
    ) -> "httpx2.Response":
        """The reply, read to its end. `options` are those of the client. Raises Outage."""
        import httpx2
        import openai

        from bench.proposers.api.connection import BrokenReply

        client, how, cast_to = self._connect(model), cast("Any", options), httpx2.Response
        try:
            if method == "GET":
                return await client.get(path, cast_to=cast_to, options=how)
            return await client.post(path, cast_to=cast_to, body=body, files=files, options=how)
        except openai.OpenAIError as error:
            kind = Broken if isinstance(error, BrokenReply) else Outage
            raise self.outage(model, explain(error, path, body or {}), kind) from None

    def blotted(self, value: Any) -> Any:
        """A value of JSON without the secrets."""
        return self._secrets.blotted_all(value)

    def outage(self, model: str, failure: Failure, kind: type[Outage] = Outage) -> Outage:
        """The failure as an error of one line, without the secrets."""
        if failure.is_refusal:
            return Refused(self._secrets.blotted(failure.what), failure.ends, failure.status)
        if failure.is_too_long:
            kind = TooLong
        line = " ".join(f"{failure.what}: {failure.advice} (model {model} at {self.host})".split())
        return kind(self._secrets.blotted(printable(line)), failure.ends, failure.status)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _connect(self, model: str) -> "openai.AsyncOpenAI":
        if self._client is None:
            import httpx2

            try:
                self._client = self._connected()
            except SettingsError as error:
                raise Outage(f"{error} (model {model})", "run") from None
            except ImportError:
                needed = Failure(
                    "a SOCKS proxy needs the package socksio", "pip install socksio", "run"
                )
                raise self.outage(model, needed) from None
            except httpx2.InvalidURL:  # its text may hold a part of a password
                unread = Failure(
                    "cannot connect", "check the proxies and NO_PROXY in the environment", "run"
                )
                raise self.outage(model, unread) from None
            except (ValueError, OSError) as error:
                advice = "check the proxies and certificates in the environment"
                raise self.outage(
                    model, Failure(f"cannot connect: {error}", advice, "run")
                ) from None
        return self._client

    def _connected(self) -> "openai.AsyncOpenAI":
        """The client, which connects when it first asks."""
        import openai

        from bench.proposers.api.connection import Extras, Http, limits

        asking = self._asking
        key = read_key(asking)
        base_url, _, query = self._base_url.partition("?")
        extras = Extras(query, read_query(asking), read_headers(asking), is_keyed=bool(key))
        return openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=base_url,
            timeout=limits(asking.request_timeout),
            max_retries=asking.max_retries,
            http_client=Http(asking.request_timeout, extras),
        )
