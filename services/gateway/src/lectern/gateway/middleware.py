"""Middleware around every request: who may send it, its id, limits on its body, security headers, metrics, a log."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lectern.contracts.ids import new_id
from lectern.gateway import problem_types
from lectern.gateway.access.audit import record_change
from lectern.gateway.access.authentication import find_principal
from lectern.gateway.access.principal import LOCAL
from lectern.gateway.access.revocation import run_while_valid
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.metrics import UNMATCHED, GatewayMetrics
from lectern.gateway.origins import check_host, check_origin
from lectern.gateway.problems import make_response
from lectern.gateway.refusals import Refusal, refuse
from lectern.gateway.settings import GatewaySettings

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
CLIENT_GONE = 499  # nginx's number for a client that does not wait for its response
MAX_DISCARDED_BYTES = 64 * 1024 * 1024  # of a refused body; read on so that its sender gets the response
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",  # unless the route says otherwise
}
_SECURITY_HEADERS = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())


class _TooLarge(Exception):
    pass


class _LimitedBody:
    """Counts a body while the application reads it, and refuses one that exceeds the limit."""

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
        """Read to the end without keeping anything: closing early resets the connection before the response arrives."""
        while not self._complete and self._read < MAX_DISCARDED_BYTES:
            message = await self._receive()
            self._read += len(message.get("body", b""))
            self._complete = message["type"] == "http.disconnect" or not message.get("more_body", False)


class RequestMiddleware:
    """The outermost layer, as plain ASGI: a stream passes through it without being buffered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._logger = structlog.get_logger("lectern.gateway.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of connection pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        deps: GatewayDeps = scope["app"].state.deps
        headers = Headers(scope=scope)
        received_id = headers.get("x-request-id", "")
        request_id = received_id if _REQUEST_ID.fullmatch(received_id) else new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        limit = _find_limit(deps.settings, scope["path"], headers)
        body = _LimitedBody(receive, limit)
        status = 0
        rate_headers: dict[str, str] = {}

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if body.over and not status:
                return  # the application's response to a truncated body; ours follows
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _add_headers(message.get("headers", ()), request_id, rate_headers)
                deps.metrics.observe_response(_route(scope), status, time.perf_counter() - started)
            await send(message)

        refusal = check_host(deps.settings, headers) or check_origin(scope["method"], headers)
        principal = LOCAL
        if refusal is None:
            found = find_principal(
                scope,
                scope["app"].state.public_paths,
                deps.access.ring,
                deps.access.sessions,
                required=deps.settings.require_keys,
            )
            if isinstance(found, Refusal):
                refusal = found
            else:
                principal = scope["state"]["principal"] = found
                refusal, rate_headers = await deps.access.rates.take_for(scope, principal)
        if refusal is None and int(headers.get("content-length") or 0) > limit:
            body.over = True
        try:
            if refusal is None and not body.over:
                await run_while_valid(
                    self._app, scope, body.receive, send_with_headers, deps.access.ring, principal.key_id
                )
        except _TooLarge:
            pass
        except Exception as error:
            if status:
                raise
            self._logger.error("unexpected error", action="failed", request_id=request_id, exc_info=error)
            refusal = _refuse_unexpected()
        if body.over and not status:
            await body.discard()
            body.over = False
            refusal = _refuse_size(limit)
        if refusal:
            await make_response(refusal, request_id)(scope, receive, send_with_headers)
        self._record(deps.metrics, scope, status, time.perf_counter() - started, request_id)
        record_change(scope, scope["state"].get("principal"), status, _route(scope), request_id)

    def _record(self, metrics: GatewayMetrics, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = _route(scope)
        metrics.count_request(scope["method"], route, status or CLIENT_GONE)
        quiet = scope["method"] in ("GET", "HEAD") and status < 500
        write = self._logger.debug if quiet else self._logger.info
        milliseconds = round(seconds * 1000, 1)
        write("request", method=scope["method"], route=route, status=status, ms=milliseconds, request_id=request_id)


def _add_headers(
    headers: Iterable[tuple[bytes, bytes]], request_id: str, rates: Mapping[str, str]
) -> list[tuple[bytes, bytes]]:
    """A response's headers with ours; of the security headers those that the route has not set itself."""
    out = [(name.lower(), value) for name, value in headers]
    present = {name for name, _ in out}
    out.append((b"x-request-id", request_id.encode("latin-1")))
    out += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in rates.items()]
    out += [header for header in _SECURITY_HEADERS if header[0] not in present]
    return out


def _find_limit(settings: GatewaySettings, path: str, headers: Headers) -> int:
    if path != "/v1/assets":
        return settings.json_limit
    audio = headers.get("content-type", "").strip().lower().startswith(("audio/", "application/ogg"))
    return settings.music_limit if audio else settings.asset_limit


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", UNMATCHED))


def _refuse_size(limit: int) -> Refusal:
    return refuse(problem_types.PAYLOAD_TOO_LARGE, f"The body exceeds the {limit}-byte limit.")


def _refuse_unexpected() -> Refusal:
    return refuse(
        problem_types.INTERNAL, "An unexpected error occurred while the request was being answered.", retry_after=5
    )
