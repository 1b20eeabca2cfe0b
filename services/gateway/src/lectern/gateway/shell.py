"""What surrounds every request: its id, limits on its body, security headers, metrics and one log line."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lectern.contracts.ids import new_id
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.problems import answer, unexpected
from lectern.gateway.refusals import Refusal, refusal
from lectern.gateway.settings import GatewaySettings

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_DISCARD = 64 * 1024 * 1024  # bytes of a refused body that are still read, so that its sender hears the answer
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class _TooLarge(Exception):
    pass


class _Body:
    """Counts a body while the application reads it, and refuses what is over the limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        self._complete = False
        self.over = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._read > self._limit:
                self.over = True
                raise _TooLarge
        return message

    async def discard(self) -> None:
        """Reads on without keeping anything: a server that closes early resets the connection before it is heard."""
        while not self._complete and self._read < _DISCARD:
            message = await self._receive()
            self._read += len(message.get("body", b""))
            self._complete = message["type"] == "http.disconnect" or not message.get("more_body", False)


class Shell:
    """The outermost layer, as plain ASGI: a stream passes through it without being buffered."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings, metrics: GatewayMetrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._log = structlog.get_logger("lectern.gateway.http")

    def _limit(self, path: str, headers: Headers) -> int:
        if path != "/v1/assets":
            return self._settings.json_limit
        sound = headers.get("content-type", "").strip().lower().startswith(("audio/", "application/ogg"))
        return self._settings.music_limit if sound else self._settings.asset_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; other kinds of connection pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        limit = self._limit(scope["path"], headers)
        body = _Body(receive, limit)
        status = 0

        async def decorated(message: Message) -> None:
            nonlocal status
            if body.over and not status:
                return  # the application's answer to a broken body; ours follows
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-Id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    out.setdefault(name, value)
                self._metrics.seconds.labels(_route(scope)).observe(time.perf_counter() - started)
            await send(message)

        refused = _cross_site(scope, headers)
        if refused is None and int(headers.get("content-length") or 0) > limit:
            body.over = True
        try:
            if refused is None and not body.over:
                await self._app(scope, body.receive, decorated)
        except _TooLarge:
            pass
        except Exception as error:
            if status:
                raise
            self._log.error("unexpected", action="failed", request_id=request_id, exc_info=error)
            refused = unexpected()
        if body.over and not status:
            await body.discard()
            body.over = False
            refused = _too_large(limit)
        if refused:
            await answer(refused, request_id)(scope, receive, decorated)
        self._tell(scope, status, time.perf_counter() - started, request_id)

    def _tell(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = _route(scope)
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        quiet = scope["method"] in ("GET", "HEAD") and status < 500
        tell = self._log.debug if quiet else self._log.info
        milliseconds = round(seconds * 1000, 1)
        tell("answered", method=scope["method"], route=route, status=status, ms=milliseconds, request_id=request_id)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "unmatched"))


def _cross_site(scope: Scope, headers: Headers) -> Refusal | None:
    """Refuses changes that another site's page makes a browser send: the API trusts whoever reaches it."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS") or headers.get("sec-fetch-site") not in (
        "cross-site",
        "same-site",
    ):
        return None
    return refusal(
        403,
        "cross-site",
        "The request came from another site",
        "A browser sent this for a page of another site.",
        "Use the API from its own address, or from a program.",
    )


def _too_large(limit: int) -> Refusal:
    return refusal(
        413,
        "payload-too-large",
        "The body is too large",
        f"The body has more than the {limit} bytes that are taken here.",
        "Send less: shrink the picture, or split the document into several videos.",
    )
