"""Pages of other origins that the operator names may use the API, with a key and never with a cookie (CORS)."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lectern.gateway import problem_types
from lectern.gateway.problems import make_response
from lectern.gateway.refusals import refuse

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "If-Range",
    "Last-Event-ID",
    "Prefer",
    "Range",
    "Traceparent",
    "X-Request-Id",
)
READ_HEADERS = (
    "Accept-Ranges",
    "Allow",
    "Content-Disposition",
    "Content-Length",
    "Content-Range",
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Traceresponse",
    "WWW-Authenticate",
    "X-Request-Id",
)
_OF_A_BROWSER = (b"cookie", b"origin", b"sec-fetch-site")


class CrossOriginMiddleware(CORSMiddleware):
    """Answers preflights, and lets the named origins read responses, problems included.

    What it lets through comes to the rest of the gateway as from a program: without the cookies that a browser may have
    added, so that only a key says who sent it.
    """

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENT_HEADERS,
            expose_headers=READ_HEADERS,
        )

    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        """Pass a request on."""
        if self.is_allowed_origin(request_headers.get("origin", "")):
            kept = [(name, value) for name, value in scope["headers"] if name not in _OF_A_BROWSER]
            scope = {**scope, "headers": kept}
        await super().simple_response(scope, receive, send, request_headers)

    def preflight_response(self, request_headers: Headers) -> Response:
        """The response to a browser that asks whether it may send a request."""
        response = super().preflight_response(request_headers)
        if response.status_code == 200:
            names = (name for name in response.headers if name.startswith(("access-control-", "vary")))
            return Response(status_code=204, headers={name: response.headers[name] for name in names})
        return make_response(
            refuse(
                problem_types.CROSS_SITE,
                f"{bytes(response.body).decode()}.",
                "Name the page's origin in LECTERN_CORS_ORIGINS, and send only methods and headers of the API.",
            )
        )
