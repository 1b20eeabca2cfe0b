"""A stand-in for the publisher of Piper's voices: a catalogue, and files that can be fetched in ranges."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from .behaviour import cut

NAME = "en_GB-hum-low"
_FOLDER = "en/en_GB/hum/low"


@dataclass
class VoicePublisher:
    """What it serves, and how badly. `cut_after` are the bytes after which the next answers for the model break off."""

    model: bytes
    settings: bytes = b'{"language": {"code": "en_GB"}}'
    card: bytes = b"# Model card\n\n* License: public domain\n"
    cut_after: list[int] = field(default_factory=list)
    resumes: bool = True
    sent_model: bytes | None = None
    url: str = ""
    ranges: list[str] = field(default_factory=list)

    def catalogue(self) -> bytes:
        """The catalogue in the publisher's form."""
        files = {f"{NAME}.onnx": self.model, f"{NAME}.onnx.json": self.settings, "MODEL_CARD": self.card}
        described = {
            f"{_FOLDER}/{name}": {"size_bytes": len(data), "md5_digest": hashlib.md5(data).hexdigest()}
            for name, data in files.items()
        }
        voice = {"key": NAME, "quality": "low", "language": {"code": "en_GB"}, "files": described, "aliases": []}
        return json.dumps({NAME: voice}).encode()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A file, whole or from where the request asks, cut off if so told."""
        path = request.path.lstrip("/")
        if path == "voices.json":
            return web.Response(body=self.catalogue())
        data = {
            f"{_FOLDER}/{NAME}.onnx": self.model if self.sent_model is None else self.sent_model,
            f"{_FOLDER}/{NAME}.onnx.json": self.settings,
            f"{_FOLDER}/MODEL_CARD": self.card,
        }.get(path)
        if data is None:
            return web.Response(status=404)
        wanted = request.headers.get("Range", "")
        start = 0
        if path.endswith(".onnx"):
            self.ranges.append(wanted)
            if wanted and self.resumes:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        response = web.StreamResponse(status=206 if start else 200)
        response.content_length = len(data) - start
        await response.prepare(request)
        if path.endswith(".onnx") and self.cut_after:
            await response.write(data[start : start + self.cut_after.pop(0)])
            await cut(response)
            return response
        await response.write(data[start:])
        return response


@asynccontextmanager
async def voice_publisher(publisher: VoicePublisher) -> AsyncIterator[VoicePublisher]:
    """Serves on a free port while the context lasts."""
    app = web.Application()
    app.router.add_get("/{path:.*}", publisher.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    publisher.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    try:
        yield publisher
    finally:
        await runner.cleanup()
