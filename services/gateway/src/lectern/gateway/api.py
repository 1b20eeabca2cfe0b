"""The HTTP application: routes, errors and middleware."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from lectern.gateway import problems
from lectern.gateway.access.authentication import PublicPaths
from lectern.gateway.cross_origin import CrossOriginMiddleware
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.middleware import RequestMiddleware
from lectern.gateway.openapi import describe_api
from lectern.gateway.request_trace import TraceMiddleware
from lectern.gateway.routes import PUBLIC_ROUTERS, ROUTERS
from lectern.gateway.routes.events import match_stream, serve_stream

_DESCRIPTION = """Turns a topic or a Markdown lesson into a narrated, captioned, animated video.

Create one with `POST /v1/videos`, follow `urls.events`, watch `urls.content`. Errors are `application/problem+json` and
say what to do. URLs in responses are relative to the API's own."""


class GatewayApp(FastAPI):
    """Event streams pass by the framework: there may be ten thousand, and each would keep all its layers in memory."""

    streams: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a connection."""
        parameters = match_stream(scope)
        if parameters is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        scope["path_params"] = parameters
        await self.streams(scope, receive, send)


def make_app(deps: GatewayDeps) -> FastAPI:
    """The ASGI application of a gateway."""
    app = GatewayApp(
        title="Lectern",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,  # FastAPI's pages load their scripts from elsewhere, which our content policy forbids
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.deps = deps
    app.state.public_paths = PublicPaths(PUBLIC_ROUTERS)
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app, ROUTERS)
    app.add_middleware(RequestMiddleware)
    app.add_middleware(TraceMiddleware)
    app.streams = RequestMiddleware(serve_stream)
    if origins := deps.settings.list_cors_origins():
        app.add_middleware(CrossOriginMiddleware, origins=origins)
        app.streams = CrossOriginMiddleware(app.streams, origins)
    app.openapi = lambda: describe_api(app, ROUTERS, PUBLIC_ROUTERS)  # type: ignore[method-assign]
    return app
