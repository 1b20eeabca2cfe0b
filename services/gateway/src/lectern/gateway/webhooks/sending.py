"""Sending one webhook: a single POST without redirects, proxies or cookies; what comes back is bounded."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping

import httpcore
import msgspec

from lectern.gateway.webhooks.connecting import CheckedBackend, RefusedAddress
from lectern.gateway.webhooks.targets import Target

TIMEOUT_SECONDS = 15.0  # for everything; the specification asks for 15 to 30
MAX_RESPONSE_BYTES = 64 * 1024  # of a body; what it says is not kept
_USER_AGENT = "Lectern-Webhooks/1"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """How a target took a webhook: the status of its response, or in words why there was none. `seconds` it took."""

    status: int | None = None
    error: str = ""
    retry_after: str | None = None
    seconds: float = 0.0


class Sender:
    """Sends webhooks. Each has a connection of its own, whose address is checked when it is made."""

    def __init__(
        self, backend: CheckedBackend, *, trust: ssl.SSLContext | None = None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._backend = backend
        self._trust = trust or ssl.create_default_context()
        self._timeout = timeout

    async def send(self, target: Target, headers: Mapping[str, str], body: bytes) -> Reply:
        """POST a JSON body. Never raises for what the target does; a response counts once its head is there."""
        started = time.monotonic()
        reply = Reply(error=f"no response within {self._timeout:g} seconds")
        try:
            async with asyncio.timeout(self._timeout):
                reply = await self._post(target, headers, body)
        except TimeoutError:
            pass
        except RefusedAddress as error:
            reply = Reply(error=str(error))
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ssl.SSLError) as error:
            reply = Reply(error=_describe(error))
        return msgspec.structs.replace(reply, seconds=round(time.monotonic() - started, 3))

    async def _post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Reply:
        sent = {
            "host": target.authority,
            "content-type": "application/json",
            "content-length": str(len(body)),
            "user-agent": _USER_AGENT,
            "accept": "*/*",
            "connection": "close",
            **headers,
        }
        url = httpcore.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        )
        pool = httpcore.AsyncConnectionPool(
            ssl_context=self._trust, network_backend=self._backend, max_keepalive_connections=0
        )
        async with pool, pool.stream("POST", url, headers=list(sent.items()), content=body) as response:
            found = {name.lower(): value for name, value in response.headers}
            reply = Reply(status=response.status, retry_after=found.get(b"retry-after", b"").decode("latin-1") or None)
            await _discard(response)
        return reply


async def _discard(response: httpcore.Response) -> None:
    """Read on for a moment, so that the target's write does not fail; its response counts whatever happens now."""
    read = 0
    try:
        async with asyncio.timeout(1.0):
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read > MAX_RESPONSE_BYTES:
                    return
    except (TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
        return


def _describe(error: Exception) -> str:
    """An error in words that say nothing about this machine's network."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "TLS could not be agreed on"
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpcore.ConnectError() | httpcore.ConnectTimeout():
            return "it did not accept the connection"
        case httpcore.RemoteProtocolError():
            return "its response was not valid HTTP"
        case httpcore.TimeoutException():
            return "it took too long"
    return "it closed the connection before it responded"
