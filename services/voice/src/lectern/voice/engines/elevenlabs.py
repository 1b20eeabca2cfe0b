"""ElevenLabs over REST, with the time of every character."""

from __future__ import annotations

import base64
from itertools import pairwise

import httpx
import msgspec

from lectern.contracts.usage import Usage
from lectern.voice.provider_errors import FailureKind, ProviderError
from lectern.voice.settings import VoiceSettings
from lectern.voice.sound import read_pcm
from lectern.voice.speech import Mark, Passage, SpeechRequest
from lectern.voice.voices import Voice
from lectern.voice.words import split_words
from lectern.worker import parse_retry_after

URL = "https://api.elevenlabs.io"
RATE = 24_000
MIN_SPEED, MAX_SPEED = 0.7, 1.2  # accepted by voice_settings.speed
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_BY_REASON: dict[str, FailureKind] = {
    "quota_exceeded": "quota",
    "invalid_api_key": "key",
    "missing_permissions": "key",
    "voice_not_found": "voice",
    "too_many_concurrent_requests": "busy",
    "system_busy": "busy",
    "rate_limit_exceeded": "busy",
}
_BY_STATUS: dict[int, FailureKind] = {401: "key", 402: "quota", 403: "key", 404: "voice", 408: "slow", 429: "busy"}


class CharacterTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The service's `alignment`: when each character is spoken."""

    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class _SoundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    audio_base64: str
    alignment: CharacterTimes | None = None


class _ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    status: str = ""
    message: str = ""


class _ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    detail: _ErrorDetail | str | list[object] = ""


class ElevenLabsSpeech:
    """`POST /v1/text-to-speech/{voice}/with-timestamps`. The key goes into a header and nowhere else."""

    version = "1"

    def __init__(self, settings: VoiceSettings) -> None:
        key, url = settings.elevenlabs_api_key.get_secret_value(), settings.elevenlabs_url
        timeout = httpx.Timeout(None, connect=10.0)  # the whole request is timed by the caller
        self._http = httpx.AsyncClient(base_url=url or URL, headers={"xi-api-key": key}, timeout=timeout)

    def size(self, text: str, voice: Voice) -> int:
        """Characters of the text."""
        return len(text)

    async def speak(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        """Sends one request, with its neighbours so that the intonation continues across beats."""
        voice = request.voice
        body = {
            "text": request.text,
            "model_id": voice.model,
            "voice_settings": {"speed": min(max(request.rate, MIN_SPEED), MAX_SPEED)},
            "previous_text": request.before,
            "next_text": request.after,
        }
        path = f"/v1/text-to-speech/{voice.name}/with-timestamps"
        try:
            response = await self._http.post(path, params={"output_format": f"pcm_{RATE}"}, json=body)
        except httpx.TimeoutException:
            raise ProviderError("slow", "could not connect in time") from None
        except httpx.HTTPError as error:
            raise ProviderError("unavailable", f"the connection broke ({type(error).__name__})") from None
        if response.status_code != 200:
            raise _provider_error(response)
        if len(response.content) > MAX_ANSWER_BYTES:
            raise ValueError(f"{len(response.content)} bytes")
        answer = msgspec.json.decode(response.content, type=_SoundAnswer)
        samples = read_pcm(base64.b64decode(answer.audio_base64, validate=True))
        marks = mark_words(request.text, answer.alignment) if answer.alignment else ()
        usage = Usage(kind="voice", name=f"elevenlabs/{voice.name}", requests=1, characters=len(request.text))
        return Passage(samples=samples, rate=RATE, marks=marks), usage

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


def mark_words(text: str, times: CharacterTimes) -> tuple[Mark, ...]:
    """A mark for each word's first character; none if the characters are not those of the text, in order."""
    starts = times.character_start_times_seconds
    if "".join(times.characters) != text or len(starts) != len(times.characters):
        return ()
    seconds: dict[int, float] = {}
    at = 0
    for character, start in zip(times.characters, starts, strict=True):
        seconds[at] = start
        at += len(character)
    marks = [Mark(offset=w.offset, seconds=seconds[w.offset]) for w in split_words(text) if w.offset in seconds]
    increasing = all(a.seconds <= b.seconds for a, b in pairwise(marks))
    return tuple(marks) if increasing else ()


def _provider_error(response: httpx.Response) -> ProviderError:
    status = response.status_code
    try:
        detail = msgspec.json.decode(response.content, type=_ErrorAnswer).detail
    except msgspec.MsgspecError:
        detail = ""
    reason, message = (detail.status, detail.message) if isinstance(detail, _ErrorDetail) else ("", str(detail))
    message = (message or reason or "no reason given")[:300]
    kind = _BY_REASON.get(reason) or _BY_STATUS.get(status) or ("unavailable" if status >= 500 else "refused")
    return ProviderError(
        kind, f"{status} {message}", retry_after=parse_retry_after(response.headers.get("retry-after"))
    )
