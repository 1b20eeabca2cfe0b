"""ElevenLabs over REST, with the time of every character."""

from __future__ import annotations

import asyncio
import base64
import binascii
from itertools import pairwise

import httpx
import msgspec

from lectern.contracts.usage import Usage
from lectern.voice.chunks import chunks
from lectern.voice.memory import Memory
from lectern.voice.provider import ProviderError, Trouble, asked, together
from lectern.voice.sound import check_spoken, joined, read_pcm
from lectern.voice.speech import Mark, Passage, Speech
from lectern.voice.voices import Voice
from lectern.voice.words import written_words
from lectern.worker import parse_retry_after

URL = "https://api.elevenlabs.io"
LIMIT = 5000  # characters of one request: the smallest limit of its models
RATE = 24_000
SLOWEST, FASTEST = 0.7, 1.2  # what voice_settings.speed takes
AT_ONCE = 2  # the smallest plan's concurrent requests
TIMEOUT = 90.0
LARGEST = 64 * 1024 * 1024  # bytes of an answer
_STATUS: dict[str, Trouble] = {
    "quota_exceeded": "quota",
    "invalid_api_key": "key",
    "missing_permissions": "key",
    "voice_not_found": "voice",
    "too_many_concurrent_requests": "busy",
    "system_busy": "busy",
    "rate_limit_exceeded": "busy",
}


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """When each character is spoken."""

    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    audio_base64: str
    alignment: Alignment | None = None


class _Detail(msgspec.Struct, frozen=True, kw_only=True):
    status: str = ""
    message: str = ""


class _Refusal(msgspec.Struct, frozen=True, kw_only=True):
    detail: _Detail | str | list[object] = ""


class ElevenLabsEngine:
    """`POST /v1/text-to-speech/{voice}/with-timestamps`. The key goes into a header and nowhere else."""

    name = "elevenlabs"
    version = "1"

    def __init__(self, api_key: str, *, url: str = "", timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._http = httpx.AsyncClient(
            base_url=url or URL, headers={"xi-api-key": api_key}, timeout=httpx.Timeout(timeout, connect=10.0)
        )
        self._under_way = asyncio.Semaphore(AT_ONCE)
        self._memory: Memory[Passage] = Memory()

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        with self._memory.during((texts, voice.name, voice.model, rate)) as kept:
            said = await together(self._passage(texts, number, voice, rate, kept) for number in range(len(texts)))
        spent = Usage(
            kind="voice",
            name=f"elevenlabs/{voice.name}",
            requests=sum(requests for _, requests in said),
            characters=sum(map(len, texts)),
        )
        passages = tuple(passage for passage, _ in said)
        exact = all(passage.marks for passage in passages)
        return Speech(passages=passages, timing="exact" if exact else "estimated", spent=(spent,))

    async def _passage(
        self, texts: tuple[str, ...], number: int, voice: Voice, rate: float, kept: dict[str, Passage]
    ) -> tuple[Passage, int]:
        pieces: list[tuple[int, Passage]] = []
        for offset, piece in chunks(texts[number], lambda each: len(each) <= LIMIT):
            body: dict[str, object] = {
                "text": piece,
                "model_id": voice.model,
                "voice_settings": {"speed": min(max(rate, SLOWEST), FASTEST)},
                # what is said around it: the melody goes on where the scene does
                "previous_text": texts[number - 1] if number else "",
                "next_text": texts[number + 1] if number + 1 < len(texts) else "",
            }

            async def once(body: dict[str, object] = body) -> Passage:
                async with self._under_way:
                    return await self._requested(body, voice)

            if piece not in kept:
                kept[piece] = await asked(once, service="ElevenLabs", setting="LECTERN_ELEVENLABS_API_KEY")
            pieces.append((offset, kept[piece]))
        return joined(pieces), len(pieces)

    async def _requested(self, body: dict[str, object], voice: Voice) -> Passage:
        text = str(body["text"])
        path = f"/v1/text-to-speech/{voice.name}/with-timestamps"
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._http.post(path, params={"output_format": f"pcm_{RATE}"}, json=body)
        except (TimeoutError, httpx.TimeoutException):
            raise ProviderError("slow", f"no answer within {self._timeout:g} s") from None
        except httpx.HTTPError as error:
            raise ProviderError("away", f"the connection broke ({type(error).__name__})") from None
        if response.status_code != 200:
            raise _trouble(response)
        try:
            if len(response.content) > LARGEST:
                raise ValueError(f"{len(response.content)} bytes")
            answer = msgspec.json.decode(response.content, type=_Answer)
            samples = read_pcm(base64.b64decode(answer.audio_base64, validate=True))
            check_spoken(samples, RATE, len(text))
        except (ValueError, binascii.Error) as error:
            raise ProviderError("unusable", f"the answer cannot be used: {str(error)[:200]}") from None
        marks = character_marks(text, answer.alignment) if answer.alignment else ()
        return Passage(samples=samples, rate=RATE, marks=marks)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


def character_marks(text: str, alignment: Alignment) -> tuple[Mark, ...]:
    """A mark for each word's first character; none when the characters are not those of the text, in order."""
    starts = alignment.character_start_times_seconds
    if "".join(alignment.characters) != text or len(starts) != len(alignment.characters):
        return ()
    times: dict[int, float] = {}
    at = 0
    for character, start in zip(alignment.characters, starts, strict=True):
        times[at] = start
        at += len(character)
    found = [Mark(offset=w.offset, seconds=times[w.offset]) for w in written_words(text) if w.offset in times]
    rising = all(a.seconds <= b.seconds for a, b in pairwise(found))
    return tuple(found) if rising else ()


def _trouble(response: httpx.Response) -> ProviderError:
    code = response.status_code
    try:
        detail = msgspec.json.decode(response.content, type=_Refusal).detail
    except msgspec.MsgspecError:
        detail = ""
    status, message = (detail.status, detail.message) if isinstance(detail, _Detail) else ("", str(detail))
    said = (message or status or "no reason given")[:300]
    by_code: dict[int, Trouble] = {401: "key", 402: "quota", 403: "key", 404: "voice", 408: "slow", 429: "busy"}
    trouble = _STATUS.get(status) or by_code.get(code) or ("away" if code >= 500 else "refused")
    return ProviderError(trouble, f"{code} {said}", retry_after=parse_retry_after(response.headers.get("retry-after")))
