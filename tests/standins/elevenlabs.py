"""Stands in for ElevenLabs: `with-timestamps` over REST."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standins.behaviour import Cuts, Fails, Garbles, Hangs, StandIn, cut, served
from standins.reading import read_aloud

from lectern.voice.sound import convert_rate


@asynccontextmanager
async def elevenlabs(script: StandIn | None = None) -> AsyncIterator[StandIn]:
    """A running stand-in, which speaks when no move is left; `script.url` is its base address."""
    script = script or StandIn()

    async def speak(request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = {**await request.json(), "voice": request.match_info["voice"], **request.query}
        speaks = not script.moves
        move = None if speaks else script.next(body, request.headers)
        if speaks:
            script.requests.append(body)
            script.headers.append(dict(request.headers))
        match move:
            case Fails():
                detail = {"status": move.kind, "message": move.message}
                return web.json_response({"detail": detail}, status=move.code, headers=dict(move.headers))
            case Garbles():
                return web.Response(body=move.body, content_type="text/html")
            case Hangs():
                await script.closing.wait()
            case Cuts(text):
                response = web.StreamResponse(headers={"Content-Type": "application/json"})
                await response.prepare(request)
                await response.write(text.encode())
                await cut(response)
                return response
        return web.json_response(await _spoken(body))

    async with served(script, [web.post("/v1/text-to-speech/{voice}/with-timestamps", speak)]) as running:
        yield running


async def _spoken(body: dict[str, Any]) -> dict[str, Any]:
    text = body["text"]
    passage = await read_aloud(text, body["voice_settings"]["speed"])
    known = {mark.offset: mark.seconds for mark in passage.marks}
    starts, at = [], 0.0
    for offset in range(len(text)):
        at = known.get(offset, at)
        starts.append(at)
    return {
        "audio_base64": base64.b64encode(convert_rate(passage, 24_000).samples.astype("<i2").tobytes()).decode(),
        "alignment": {
            "characters": list(text),
            "character_start_times_seconds": starts,
            "character_end_times_seconds": [*starts[1:], passage.seconds],
        },
        "normalized_alignment": None,
    }
