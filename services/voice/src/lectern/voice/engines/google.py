"""Google Cloud Text-to-Speech. SSML marks before each word say when it begins, for the voices that know them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

import google.auth.exceptions
import grpc
from google.api_core import exceptions as api
from google.api_core.client_options import ClientOptions
from google.cloud import texttospeech_v1beta1 as tts
from google.cloud.texttospeech_v1beta1.services.text_to_speech.transports import TextToSpeechGrpcAsyncIOTransport

from lectern.contracts.narration import Timing
from lectern.contracts.usage import Usage
from lectern.voice.chunks import chunks
from lectern.voice.memory import Memory
from lectern.voice.provider import ProviderError, asked, together
from lectern.voice.sound import check_spoken, joined, read_wav
from lectern.voice.speech import Mark, Passage, Speech
from lectern.voice.voices import Voice
from lectern.voice.words import written_words

LIMIT = 5000  # bytes of text or SSML in one request (quotas of the API; not raisable)
RATE = 24_000
AT_ONCE = 4
TIMEOUT = 60.0
_MARKING = re.compile(r"-(?:Neural2|Wavenet|Standard)-", re.IGNORECASE)  # families whose voices return marks
_SETTING = "GOOGLE_APPLICATION_CREDENTIALS or LECTERN_GOOGLE_TTS_API_KEY"


class GoogleEngine:
    """The API's v1beta1, the version that has time points. An `http://` url is spoken to without TLS or credentials."""

    name = "google"
    version = "1"

    def __init__(self, *, api_key: str = "", url: str = "", timeout: float = TIMEOUT) -> None:
        self._api_key, self._url, self._timeout = api_key, url, timeout
        self._client: tts.TextToSpeechAsyncClient | None = None
        self._unmarked: set[str] = set()  # voices that refused SSML
        self._under_way = asyncio.Semaphore(AT_ONCE)
        self._memory: Memory[Passage] = Memory()

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        with self._memory.during((texts, voice.name, rate)) as kept:
            said = await together(self._passage(text, voice, rate, kept) for text in texts)
        spent = Usage(
            kind="voice",
            name=f"google/{voice.name}",
            requests=sum(requests for _, _, requests in said),
            characters=sum(map(len, texts)),
        )
        timings = {timing for _, timing, _ in said}
        timing: Timing = "exact" if timings == {"exact"} else "estimated"
        passages = tuple(passage for passage, _, _ in said)
        return Speech(passages=passages, timing=timing, spent=(spent,))

    async def _passage(
        self, text: str, voice: Voice, rate: float, kept: dict[str, Passage]
    ) -> tuple[Passage, Timing, int]:
        while True:
            marked = bool(_MARKING.search(voice.name)) and voice.name not in self._unmarked
            pieces = chunks(text, lambda piece, marked=marked: _size(piece, marked) <= LIMIT)  # type: ignore[misc]
            try:
                said = [(offset, await self._piece(piece, voice, rate, marked, kept)) for offset, piece in pieces]
            except _NoMarks:
                self._unmarked.add(voice.name)
                continue
            complete = marked and all(
                len(passage.marks) == len(written_words(piece))
                for (_, piece), (_, passage) in zip(pieces, said, strict=True)
            )
            return joined(said), "exact" if complete else "estimated", len(pieces)

    async def _piece(self, text: str, voice: Voice, rate: float, marked: bool, kept: dict[str, Passage]) -> Passage:
        async def once() -> Passage:
            async with self._under_way:
                return await self._requested(text, voice, rate, marked)

        if text not in kept:
            kept[text] = await asked(once, service="Google Text-to-Speech", setting=_SETTING)
        return kept[text]

    async def _requested(self, text: str, voice: Voice, rate: float, marked: bool) -> Passage:
        request = tts.SynthesizeSpeechRequest(
            input=tts.SynthesisInput(ssml=ssml(text)) if marked else tts.SynthesisInput(text=text),
            voice=tts.VoiceSelectionParams(language_code="-".join(voice.name.split("-")[:2]), name=voice.name),
            audio_config=tts.AudioConfig(
                audio_encoding=tts.AudioEncoding.LINEAR16, sample_rate_hertz=RATE, speaking_rate=rate
            ),
            enable_time_pointing=[tts.SynthesizeSpeechRequest.TimepointType.SSML_MARK] if marked else [],
        )
        try:
            async with asyncio.timeout(self._timeout + 5):  # the client's own timeout leaves out signing in
                answer = await self._open().synthesize_speech(request, retry=None, timeout=self._timeout)
        except TimeoutError:
            raise ProviderError("slow", f"no answer within {self._timeout:g} s") from None
        except (api.GoogleAPICallError, google.auth.exceptions.GoogleAuthError) as error:
            raise _trouble(error, marked) from None
        try:
            samples, got = read_wav(answer.audio_content)
            check_spoken(samples, got, len(text))
        except ValueError as error:
            raise ProviderError("unusable", f"the sound cannot be used: {error}") from None
        return Passage(samples=samples, rate=got, marks=_marks(text, answer.timepoints) if marked else ())

    def _open(self) -> tts.TextToSpeechAsyncClient:
        """The client, made when first needed: it looks for credentials, and takes a moment."""
        if self._client is None:
            if self._url.startswith("http://"):
                channel = grpc.aio.insecure_channel(self._url.removeprefix("http://"))
                self._client = tts.TextToSpeechAsyncClient(transport=TextToSpeechGrpcAsyncIOTransport(channel=channel))
            else:
                options = ClientOptions(api_key=self._api_key or None, api_endpoint=self._url or None)
                self._client = tts.TextToSpeechAsyncClient(client_options=options)
        return self._client

    async def close(self) -> None:
        """Closes the connection."""
        if self._client is not None:
            await self._client.transport.close()  # type: ignore[no-untyped-call]
            self._client = None


class _NoMarks(Exception):
    """The voice does not take SSML."""


def ssml(text: str) -> str:
    """The text with a mark before each word, named by the word's number."""
    parts: list[str] = []
    at = 0
    for number, word in enumerate(written_words(text)):
        end = word.offset + len(word.text)
        parts += [escape(text[at : word.offset]), f'<mark name="{number}"/>', escape(text[word.offset : end])]
        at = end
    return f"<speak>{''.join(parts)}{escape(text[at:])}</speak>"


def _size(text: str, marked: bool) -> int:
    return len((ssml(text) if marked else text).encode())


def _marks(text: str, points: Sequence[tts.Timepoint]) -> tuple[Mark, ...]:
    """The marks that came back, each once and in order; a service has been seen to drop some."""
    words = written_words(text)
    numbers = {point.mark_name: point.time_seconds for point in points}
    found: list[Mark] = []
    for number, word in enumerate(words):
        seconds = numbers.get(str(number))
        if seconds is not None and (not found or seconds >= found[-1].seconds):
            found.append(Mark(offset=word.offset, seconds=seconds))
    return tuple(found)


def _trouble(error: Exception, marked: bool) -> Exception:
    """The service's error in our words; its message is kept, which never holds the key."""
    message = (getattr(error, "message", "") or str(error))[:300]
    lowered = message.lower()
    match error:
        case api.ResourceExhausted():
            spent = "per day" in lowered or "billing" in lowered
            return ProviderError("quota" if spent else "busy", message, retry_after=_retry_after(error))
        case api.Unauthenticated() | api.PermissionDenied() | api.Forbidden():
            return ProviderError("key", message)
        case google.auth.exceptions.TransportError():
            return ProviderError("away", f"signing in failed: {message}")
        case google.auth.exceptions.GoogleAuthError():
            return ProviderError("key", f"signing in failed: {message}")
        case api.InvalidArgument() | api.NotFound():
            if marked and ("ssml" in lowered or "mark" in lowered):
                return _NoMarks()
            return ProviderError("voice" if "voice" in lowered else "refused", message)
        case api.DeadlineExceeded():
            return ProviderError("slow", message)
        case api.GoogleAPICallError() if isinstance(error, api.ClientError) and not isinstance(error, api.Aborted):
            return ProviderError("refused", message)
        case _:
            return ProviderError("away", message, retry_after=_retry_after(error))


def _retry_after(error: Exception) -> float | None:
    """The delay of a `google.rpc.RetryInfo` among the error's details."""
    for detail in getattr(error, "details", None) or []:
        delay = getattr(detail, "retry_delay", None)
        if delay is not None:
            return float(delay.seconds) + float(delay.nanos) / 1e9
    return None
