"""Stands in for Google Cloud Text-to-Speech v1beta1 over gRPC, as google-cloud-texttospeech calls it."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape

import grpc
from google.cloud import texttospeech_v1beta1 as tts
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from standins.reading import read_aloud, wav

Code = grpc.StatusCode


@dataclass(frozen=True)
class Refuses:
    """Answers with an error, and with a delay in seconds before the next attempt if given."""

    code: grpc.StatusCode
    message: str = "something went wrong"
    retry_after: float | None = None


@dataclass(frozen=True)
class Hangs:
    """Accepts the request and never answers."""


@dataclass(frozen=True)
class Sends:
    """Answers with these bytes as sound."""

    sound: bytes


@dataclass(frozen=True)
class Drops:
    """Speaks, but omits every mark whose number modulo three is `remainder`."""

    remainder: int = 0


Move = Refuses | Hangs | Sends | Drops


@dataclass
class GoogleScript:
    """Moves for the next requests; afterwards texts are spoken. Keeps the requests."""

    url: str = ""
    moves: deque[Move] = field(default_factory=deque)
    requests: list[tts.SynthesizeSpeechRequest] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def then(self, *moves: Move) -> GoogleScript:
        """Adds moves."""
        self.moves.extend(moves)
        return self


@asynccontextmanager
async def google_tts() -> AsyncIterator[GoogleScript]:
    """A running stand-in; `script.url` is its address."""
    script = GoogleScript()

    async def synthesize(
        request: tts.SynthesizeSpeechRequest, context: grpc.aio.ServicerContext
    ) -> tts.SynthesizeSpeechResponse:
        script.requests.append(request)
        move = script.moves.popleft() if script.moves else None
        match move:
            case Refuses():
                await context.abort_with_status(rpc_status.to_status(_status(move)))
            case Hangs():
                await script.closing.wait()
                await context.abort(Code.UNAVAILABLE, "gone")
            case Sends(sound):
                return tts.SynthesizeSpeechResponse(audio_content=sound)
        return await _spoken(request, dropped=move.remainder if isinstance(move, Drops) else None)

    handler = grpc.unary_unary_rpc_method_handler(
        synthesize,
        request_deserializer=tts.SynthesizeSpeechRequest.deserialize,
        response_serializer=tts.SynthesizeSpeechResponse.serialize,
    )
    server = grpc.aio.server()
    service = "google.cloud.texttospeech.v1beta1.TextToSpeech"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"SynthesizeSpeech": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    script.url = f"http://127.0.0.1:{port}"
    try:
        yield script
    finally:
        script.closing.set()
        await server.stop(0.2)


async def _spoken(request: tts.SynthesizeSpeechRequest, dropped: int | None) -> tts.SynthesizeSpeechResponse:
    text, names = _unmarked(request.input.ssml) if request.input.ssml else (request.input.text, {})
    passage = await read_aloud(text, request.audio_config.speaking_rate or 1.0)
    points = []
    if request.enable_time_pointing:
        for offset, name in names.items():
            after = [mark.seconds for mark in passage.marks if mark.offset >= offset]
            seconds = min(after, default=passage.seconds)
            if dropped is None or int(name) % 3 != dropped:
                points.append(tts.Timepoint(mark_name=name, time_seconds=seconds))
    return tts.SynthesizeSpeechResponse(audio_content=wav(passage), timepoints=points)


def _unmarked(ssml: str) -> tuple[str, dict[int, str]]:
    """The text of an SSML document, and its marks as offset -> name."""
    body = re.fullmatch(r"<speak>(.*)</speak>", ssml, re.DOTALL)
    assert body, ssml
    text, marks = "", {}
    for part in re.split(r"(<[^>]*>)", body.group(1)):
        if mark := re.fullmatch(r'<mark name="(\w+)"/>', part):
            marks[len(text)] = mark.group(1)
        else:
            assert not part.startswith("<"), part
            text += unescape(part)
    return text, marks


def _status(move: Refuses) -> status_pb2.Status:
    status = status_pb2.Status(code=move.code.value[0], message=move.message)
    if move.retry_after is not None:
        seconds = int(move.retry_after)
        wait = duration_pb2.Duration(seconds=seconds, nanos=round((move.retry_after - seconds) * 1e9))
        detail = any_pb2.Any()
        detail.Pack(error_details_pb2.RetryInfo(retry_delay=wait))
        status.details.append(detail)
    return status
