"""CORS: nobody by default, exact origins by setting, a key and never a cookie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import httpx
import pytest
from pydantic import ValidationError
from starlette.types import ASGIApp
from unit.gateway.gateways import TestGateway, gateway_in_process, gateway_on_a_port, read_blocks
from unit.gateway.keyed import add_key

from lectern.gateway.access.sessions import COOKIE
from lectern.gateway.cross_origin import CrossOriginMiddleware
from lectern.gateway.settings import GatewaySettings
from lectern.worker import Connections

APP = "https://app.example.org"
PREFLIGHT = {"Origin": APP, "Access-Control-Request-Method": "POST"}


@asynccontextmanager
async def open_to_app(gateway: TestGateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway that pages of another origin may use."""
    inner = gateway.http._transport
    assert isinstance(inner, httpx.ASGITransport)
    app = CrossOriginMiddleware(cast(ASGIApp, inner.app), (APP, "http://localhost:3000"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=gateway.url) as http:
        yield http


@pytest.fixture
async def opened(gateway: TestGateway) -> AsyncIterator[httpx.AsyncClient]:
    """The same, in this process."""
    async with open_to_app(gateway) as http:
        yield http


def list_cors_headers(answer: httpx.Response) -> list[str]:
    return [name for name in answer.headers if name.startswith("access-control-")]


async def test_by_default_no_origin_may_read_or_ask(http: httpx.AsyncClient) -> None:
    assert list_cors_headers(await http.get("/v1/videos", headers={"Origin": APP})) == []
    preflight = await http.options("/v1/videos", headers=PREFLIGHT)
    assert (preflight.status_code, list_cors_headers(preflight)) == (405, [])


async def test_a_named_origin_may_create_and_read_what_a_client_needs(opened: httpx.AsyncClient) -> None:
    asked = {**PREFLIGHT, "Access-Control-Request-Headers": "authorization, content-type, idempotency-key"}
    preflight = await opened.options("/v1/videos", headers=asked)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["access-control-allow-origin"] == APP
    assert "POST" in preflight.headers["access-control-allow-methods"]
    sent = {"Origin": APP, "Sec-Fetch-Site": "cross-site"}
    answer = await opened.post("/v1/videos", json={"topic": "Rain"}, headers=sent)
    assert answer.status_code == 202
    assert answer.headers["access-control-allow-origin"] == APP
    assert "Origin" in answer.headers["vary"]
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"Location", "ETag", "Retry-After", "RateLimit", "Idempotent-Replayed", "X-Request-Id"} <= set(exposed)
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://app.example.org",
        "https://app.example.org:444",
        "https://app.example.org.evil",
        "null",
    ],
)
async def test_any_other_origin_is_refused(opened: httpx.AsyncClient, origin: str) -> None:
    preflight = await opened.options("/v1/videos", headers={**PREFLIGHT, "Origin": origin})
    assert (preflight.status_code, preflight.json()["code"]) == (403, "cross-site")
    assert "access-control-allow-origin" not in preflight.headers
    answer = await opened.post("/v1/videos", json={"topic": "Rain"}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    read = await opened.get("/v1/videos", headers={"Origin": origin})
    assert "access-control-allow-origin" not in read.headers


@pytest.mark.parametrize(
    ("name", "value"),
    [("Access-Control-Request-Method", "TRACE"), ("Access-Control-Request-Headers", "cookie, x-evil")],
)
async def test_a_preflight_for_what_the_api_does_not_take_is_refused(
    opened: httpx.AsyncClient, name: str, value: str
) -> None:
    preflight = await opened.options("/v1/videos", headers={**PREFLIGHT, name: value})
    assert (preflight.status_code, preflight.json()["code"]) == (403, "cross-site")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/v1/videos", 413)])
async def test_a_named_origin_may_read_problems(opened: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    body = b"x" * (5 * 1024 * 1024) if status == 413 else b""
    answer = await opened.request(method, path, content=body, headers={"Origin": APP})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, APP)
    assert answer.json()["remedy"]


@pytest.mark.slow
async def test_the_setting_opens_a_gateway_and_its_event_streams(connections: Connections) -> None:
    async with gateway_on_a_port(connections, cors_origins=APP) as gateway:
        video = (await gateway.http.post("/v1/videos", json={"topic": "Rain"}, headers={"Origin": APP})).json()
        async with gateway.http.stream("GET", video["urls"]["events"], headers={"Origin": APP}) as answer:
            assert answer.headers["access-control-allow-origin"] == APP
            blocks = (block async for block in read_blocks(answer) if block.name)
            assert (await anext(blocks)).name == "video.snapshot"


async def test_a_cookie_from_another_origin_counts_for_nothing(connections: Connections) -> None:
    """Or a page of a named origin could act for whoever is signed in to the studio."""
    async with gateway_in_process(connections, require_keys=True) as gateway:
        key, header = await add_key(gateway.deps, "ann")
        cookie = {"Cookie": f"{COOKIE}={gateway.deps.access.sessions.open(key)[0]}"}
        assert (await gateway.http.get("/v1/videos", headers=cookie)).status_code == 200
        async with open_to_app(gateway) as http:
            answers = [await http.get("/v1/videos", headers={"Origin": APP, **sent}) for sent in (cookie, header)]
        assert [answer.status_code for answer in answers] == [401, 200]
        assert answers[0].headers["access-control-allow-origin"] == APP


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "null",
        "app.example.org",
        "https://app.example.org/",
        "https://a.example/x",
        "https://*.example",
        "HTTPS://A.example",
    ],
)
def test_only_exact_origins_can_be_named(origins: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        GatewaySettings(cors_origins=origins)
