"""Stands in for an OpenAI-compatible endpoint: streaming chat completions as of Ollama, vLLM and llama.cpp."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standins.behaviour import Blocks, Cuts, Empty, Fails, Garbles, Hangs, Says, StandIn, cut, pieces_of, served


@asynccontextmanager
async def chat(script: StandIn | None = None) -> AsyncIterator[StandIn]:
    """A running stand-in; `script.url` is the base address, ending in /v1."""
    script = script or StandIn()

    async def complete(request: web.Request) -> web.StreamResponse:
        move = script.next(await request.json(), request.headers)
        if isinstance(move, Fails):
            error = {"message": move.message, "type": move.kind or "error", "code": move.kind or None}
            return web.json_response({"error": error}, status=move.code, headers=dict(move.headers))
        if isinstance(move, Garbles):
            return web.Response(body=move.body, content_type="text/html")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await _perform(script, response, move)
        return response

    async with served(script, [web.post("/v1/chat/completions", complete)]) as running:
        running.url += "/v1"
        yield running


async def _perform(script: StandIn, response: web.StreamResponse, move: object) -> None:
    async def send(
        delta: dict[str, Any] | None, finish: str | None = None, usage: dict[str, Any] | None = None
    ) -> None:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": choices}
        await response.write(b"data: " + json.dumps({**chunk, "usage": usage}).encode() + b"\n\n")

    match move:
        case Hangs():
            await script.closing.wait()
            return
        case Cuts(text):
            await send({"role": "assistant", "content": text})
            await cut(response)
            return
        case Blocks():
            await send({"refusal": "I cannot help with that."}, "stop")
        case Empty():
            await send({"content": ""}, "stop")
        case Says():
            for piece in pieces_of(move.text, move.pieces):
                await asyncio.sleep(move.pause)
                await send({"content": piece})
            await send({}, {"": "stop", "MAX_TOKENS": "length"}.get(move.finish, move.finish))
            await send(None, usage=_usage(move))
    await response.write(b"data: [DONE]\n\n")


def _usage(move: Says) -> dict[str, Any]:
    return {
        "prompt_tokens": move.input,
        "completion_tokens": move.output + move.thinking,
        "total_tokens": move.input + move.output + move.thinking,
        "prompt_tokens_details": {"cached_tokens": move.cached},
        "completion_tokens_details": {"reasoning_tokens": move.thinking},
    }
