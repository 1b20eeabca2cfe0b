"""Each request as a span: of its client's trace where it sent one, else the first of a new trace.

Only `traceparent` is taken from a client. The answer names the span in `traceresponse`, so that its sender, and whoever
is asked for help, can find all that came of it.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lectern.tracing import SpanKind, continue_trace, note_failure, record_span, response_headers

_PROBES = {"/healthz", "/readyz", "/metrics"}


class TraceMiddleware:
    """Around everything else, as plain ASGI. Event streams have no span: there may be ten thousand of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of connection, and probes, pass through."""
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return
        parent = continue_trace(Headers(scope=scope))
        with record_span(scope["method"], kind=SpanKind.SERVER, parent=parent) as span:
            named = [(name.encode(), value.encode()) for name, value in response_headers().items()]

            async def send_with_trace(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", ()), *named]
                    if span.is_recording():
                        route, status = str(getattr(scope.get("route"), "path", "unmatched")), message["status"]
                        span.update_name(f"{scope['method']} {route}")
                        span.set_attribute("http.request.method", scope["method"])
                        span.set_attribute("http.route", route)
                        span.set_attribute("http.response.status_code", status)
                        if status >= 500:
                            note_failure(span, str(status))
                await send(message)

            await self._app(scope, receive, send_with_trace)
