"""A sender's brand in a request: its colours can be read, its font and logo are there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.images import make_png

from lectern.contracts import events as e
from lectern.contracts.options import Brand


async def ask(http: httpx.AsyncClient, brand: dict[str, Any], theme: str = "light") -> httpx.Response:
    return await http.post("/v1/videos", json={"topic": "Rain", "options": {"theme": theme, "brand": brand}})


async def test_a_brand_travels_in_the_event_and_is_shown_as_sent(gateway: TestGateway) -> None:
    png = {"content": make_png(), "headers": {"Content-Type": "image/png"}}
    logo = (await gateway.http.post("/v1/assets", **png)).json()["id"]  # type: ignore[arg-type]
    sent = {"colours": {"primary": "#0B5FFF"}, "font": "Noto Serif", "logo": logo}
    answer = await ask(gateway.http, sent)
    assert answer.status_code == 202, answer.text
    assert answer.json()["options"]["brand"] == sent
    ((_, event),) = await gateway.deps.event_log.read(answer.json()["id"])
    assert isinstance(event, e.VideoRequested)
    assert event.options.brand == Brand(colours={"primary": "#0B5FFF"}, font="Noto Serif", logo_key=f"assets/{logo}")


@pytest.mark.parametrize(
    ("brand", "pointer", "told"),
    [
        ({"colours": {"primary": "#FFD400"}}, "/options", "1.4 : 1 with the background"),
        ({"colours": {"primary": "#FFD400"}}, "/options", "the nearest readable colour is #"),
        ({"colours": {"acent": "#000000"}}, "/options/brand", "did you mean accent"),
        ({"colours": {"primary": "blue"}}, "/options/brand/colours/primary", "#"),
        ({"font": "Noto Serf"}, "/options/brand/font", "did you mean Noto Serif"),
        ({"logo": "0" * 64}, "/options/brand/logo", "upload it with POST /v1/assets first"),
    ],
)
async def test_what_cannot_be_used_is_refused_with_what_would_do(
    http: httpx.AsyncClient, brand: dict[str, Any], pointer: str, told: str
) -> None:
    answer = await ask(http, brand)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert told in error["detail"]


async def test_a_track_is_no_logo(http: httpx.AsyncClient) -> None:
    flac = {"content": b"fLaC" + bytes(60), "headers": {"Content-Type": "audio/flac"}}
    track = (await http.post("/v1/assets", **flac)).json()["id"]  # type: ignore[arg-type]
    assert (await ask(http, {"logo": track})).json()["errors"][0]["pointer"] == "/options/brand/logo"


async def test_a_colour_that_is_readable_in_one_theme_is_judged_anew_in_another(http: httpx.AsyncClient) -> None:
    yellow = {"colours": {"primary": "#FFD400"}}
    assert (await ask(http, yellow, theme="dark")).status_code == 202
    assert (await ask(http, yellow, theme="light")).status_code == 422
