"""Stands in for the Gemini API: `streamGenerateContent` over REST with server-sent events, as google-genai calls it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standins.behaviour import (
    Blocks,
    Cuts,
    Empty,
    Fails,
    Garbles,
    Hangs,
    Reads,
    Says,
    Sounds,
    StandIn,
    cut,
    pieces_of,
    served,
)
from standins.reading import read_aloud, wav

from lectern.llm import ModelClient, ModelSettings, build_model_client

_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
           429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}  # fmt: skip


@asynccontextmanager
async def gemini(script: StandIn | None = None) -> AsyncIterator[StandIn]:
    """A running stand-in; `script.url` is its base address."""
    script = script or StandIn()

    async def generate(request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = {**await request.json(), "model": request.match_info["model"]}
        move = script.next(body, request.headers)
        if refusal := _refusal(move):
            return refusal
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await _perform(script, response, move)
        return response

    async def speak(request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = {**await request.json(), "model": request.match_info["model"]}
        move = script.next(body, request.headers)
        if refusal := _refusal(move):
            return refusal
        if isinstance(move, Reads):
            move = Sounds(wav(await read_aloud(body["contents"][0]["parts"][0]["text"])))
        match move:
            case Hangs():
                await script.closing.wait()
            case Cuts():
                response = web.StreamResponse(headers={"Content-Type": "application/json"})
                await response.prepare(request)
                await response.write(b'{"candidates": [')
                await cut(response)
                return response
            case Sounds():
                data = {"mimeType": move.kind, "data": base64.b64encode(move.data).decode()}
                candidate = {"content": {"role": "model", "parts": [{"inlineData": data}]}, "finishReason": "STOP"}
                used = {"promptTokenCount": move.input, "candidatesTokenCount": move.output}
                return web.json_response({"candidates": [candidate], "usageMetadata": used})
        return web.json_response({"candidates": [{"finishReason": "OTHER"}]})

    routes = [
        web.post("/{version}/models/{model}:streamGenerateContent", generate),
        web.post("/{version}/models/{model}:generateContent", speak),
    ]
    async with served(script, routes) as running:
        yield running


def gemini_client(script: StandIn, **settings: Any) -> ModelClient:
    """A model client of a running stand-in, with the bundled model table and no cache."""
    client = build_model_client(ModelSettings(GEMINI_API_KEY="key", gemini_url=script.url, **settings))
    assert client is not None
    return client


def _refusal(move: object) -> web.Response | None:
    if isinstance(move, Fails):
        status = move.kind or _STATUS.get(move.code, "UNKNOWN")
        error = {"code": move.code, "message": move.message, "status": status}
        return web.json_response({"error": error}, status=move.code, headers=dict(move.headers))
    if isinstance(move, Garbles):
        return web.Response(body=move.body, content_type="text/html")
    return None


async def _perform(script: StandIn, response: web.StreamResponse, move: object) -> None:
    async def send(chunk: dict[str, Any]) -> None:
        await response.write(b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n")

    match move:
        case Hangs():
            await script.closing.wait()
        case Cuts(text):
            await send({"candidates": [_candidate(text)]})
            await cut(response)
        case Blocks(reason):
            await send({"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 100}})
        case Empty():
            await send({"usageMetadata": {"promptTokenCount": 100, "totalTokenCount": 100}})
        case Says():
            if move.after:
                await move.after.wait()
            for piece in pieces_of(move.text, move.pieces):
                await asyncio.sleep(move.pause)
                await send({"candidates": [_candidate(piece)]})
            last = {**_candidate(""), "finishReason": move.finish or "STOP"}
            if move.sources:
                chunks = [{"web": {"title": title, "uri": url}} for title, url in move.sources]
                last["groundingMetadata"] = {"groundingChunks": chunks}
            await send({"candidates": [last], "usageMetadata": _usage(move)})


def _candidate(text: str) -> dict[str, Any]:
    return {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}


def _usage(move: Says) -> dict[str, int]:
    return {
        "promptTokenCount": move.input,
        "cachedContentTokenCount": move.cached,
        "thoughtsTokenCount": move.thinking,
        "candidatesTokenCount": move.output,
        "totalTokenCount": move.input + move.thinking + move.output,
    }
