"""The HTTP application: routes, errors, and what surrounds each request."""

from __future__ import annotations

from fastapi import FastAPI

from lectern.gateway import (
    assets,
    documentation,
    dubbing,
    media,
    operations,
    problems,
    rounds,
    scripts,
    streams,
    videos,
    voices,
)
from lectern.gateway.context import Gateway
from lectern.gateway.shell import Shell

_DESCRIPTION = """Turns a topic or a Markdown lesson into a narrated, captioned, animated video.

Ask with `POST /v1/videos`, follow `urls.events`, watch `urls.content`. Errors are `application/problem+json` and say
what to do. Addresses in answers are relative to the API's own."""


def application(gateway: Gateway) -> FastAPI:
    """The ASGI application of a gateway."""
    app = FastAPI(
        title="Lectern",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,  # FastAPI's pages load their scripts from elsewhere, which our content policy forbids
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.gateway = gateway
    for part in (videos, dubbing, streams, scripts, rounds, media, assets, voices, operations):
        app.include_router(part.router)
    problems.install(app)
    app.add_middleware(Shell, settings=gateway.settings, metrics=gateway.metrics)
    app.openapi = lambda: documentation.described(app)  # type: ignore[method-assign]
    return app
