"""Google Cloud Text-to-Speech. An SSML mark before each word reports when it begins, for voices that support marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

import google.auth.exceptions
import grpc
from google.api_core import exceptions as api
from google.api_core.client_options import ClientOptions
from google.cloud import texttospeech_v1beta1 as tts
from google.cloud.texttospeech_v1beta1.services.text_to_speech.transports import TextToSpeechGrpcAsyncIOTransport

from lectern.contracts.usage import Usage
from lectern.voice.provider_errors import ProviderError
from lectern.voice.settings import VoiceSettings
from lectern.voice.sound import read_wav
from lectern.voice.speech import Mark, Passage, SpeechRequest
from lectern.voice.voices import Voice
from lectern.voice.words import split_words

RATE = 24_000
_SUPPORTS_MARKS = re.compile(r"-(?:Neural2|Wavenet|Standard)-", re.IGNORECASE)  # families whose voices return marks


class GoogleSpeech:
    """The API's v1beta1, the version with time points. An `http://` url is used without TLS or credentials."""

    version = "1"

    def __init__(self, settings: VoiceSettings) -> None:
        self._api_key = settings.google_tts_api_key.get_secret_value()
        self._url = settings.google_tts_url
        self._client: tts.TextToSpeechAsyncClient | None = None
        self._refused_ssml: set[str] = set()  # names of voices

    def size(self, text: str, voice: Voice) -> int:
        """Bytes of the text, or of its SSML for voices that support marks."""
        return len((to_ssml(text) if self._supports_marks(voice) else text).encode())

    async def speak(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        """Sends one request. A voice that refuses SSML is sent plain text from then on."""
        usage = Usage(kind="voice", name=f"google/{request.voice.name}", requests=1, characters=len(request.text))
        if self._supports_marks(request.voice):
            try:
                return await self._synthesize(request, marked=True), usage
            except _SsmlRefused:
                self._refused_ssml.add(request.voice.name)
        return await self._synthesize(request, marked=False), usage

    def _supports_marks(self, voice: Voice) -> bool:
        return bool(_SUPPORTS_MARKS.search(voice.name)) and voice.name not in self._refused_ssml

    async def _synthesize(self, request: SpeechRequest, *, marked: bool) -> Passage:
        text, voice = request.text, request.voice
        message = tts.SynthesizeSpeechRequest(
            input=tts.SynthesisInput(ssml=to_ssml(text)) if marked else tts.SynthesisInput(text=text),
            voice=tts.VoiceSelectionParams(language_code="-".join(voice.name.split("-")[:2]), name=voice.name),
            audio_config=tts.AudioConfig(
                audio_encoding=tts.AudioEncoding.LINEAR16, sample_rate_hertz=RATE, speaking_rate=request.rate
            ),
            enable_time_pointing=[tts.SynthesizeSpeechRequest.TimepointType.SSML_MARK] if marked else [],
        )
        try:
            answer = await self._connect().synthesize_speech(message, retry=None, timeout=None)
        except (api.GoogleAPICallError, google.auth.exceptions.GoogleAuthError) as error:
            raise _provider_error(error, marked) from None
        samples, rate = read_wav(answer.audio_content)
        return Passage(samples=samples, rate=rate, marks=read_marks(text, answer.timepoints) if marked else ())

    def _connect(self) -> tts.TextToSpeechAsyncClient:
        """The client, created when first needed: it looks for credentials, which takes a moment."""
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


class _SsmlRefused(Exception):
    """The voice does not accept SSML."""


def to_ssml(text: str) -> str:
    """The text with a mark before each word, named by the word's number."""
    parts: list[str] = []
    at = 0
    for number, word in enumerate(split_words(text)):
        end = word.offset + len(word.text)
        parts += [escape(text[at : word.offset]), f'<mark name="{number}"/>', escape(text[word.offset : end])]
        at = end
    return f"<speak>{''.join(parts)}{escape(text[at:])}</speak>"


def read_marks(text: str, points: Sequence[tts.Timepoint]) -> tuple[Mark, ...]:
    """The marks of all words in order; none if one is missing or out of order, as the service sometimes drops some."""
    numbers = {point.mark_name: point.time_seconds for point in points}
    marks: list[Mark] = []
    for number, word in enumerate(split_words(text)):
        seconds = numbers.get(str(number))
        if seconds is None or (marks and seconds < marks[-1].seconds):
            return ()
        marks.append(Mark(offset=word.offset, seconds=seconds))
    return tuple(marks)


def _provider_error(error: Exception, marked: bool) -> Exception:
    """Classifies the service's error. Its message is kept, which never contains the key."""
    message = (getattr(error, "message", "") or str(error))[:300]
    lowered = message.lower()
    match error:
        case api.ResourceExhausted():
            used_up = "per day" in lowered or "billing" in lowered
            return ProviderError("quota" if used_up else "busy", message, retry_after=_retry_after(error))
        case api.Unauthenticated() | api.PermissionDenied() | api.Forbidden():
            return ProviderError("key", message)
        case google.auth.exceptions.TransportError():
            return ProviderError("unavailable", f"signing in failed: {message}")
        case google.auth.exceptions.GoogleAuthError():
            return ProviderError("key", f"signing in failed: {message}")
        case api.InvalidArgument() | api.NotFound():
            if marked and ("ssml" in lowered or "mark" in lowered):
                return _SsmlRefused()
            return ProviderError("voice" if "voice" in lowered else "refused", message)
        case api.DeadlineExceeded():
            return ProviderError("slow", message)
        case api.GoogleAPICallError() if isinstance(error, api.ClientError) and not isinstance(error, api.Aborted):
            return ProviderError("refused", message)
        case _:
            return ProviderError("unavailable", message, retry_after=_retry_after(error))


def _retry_after(error: Exception) -> float | None:
    """The delay in seconds of a `google.rpc.RetryInfo` among the error's details."""
    for detail in getattr(error, "details", None) or []:
        delay = getattr(detail, "retry_delay", None)
        if delay is not None:
            return float(delay.seconds) + float(delay.nanos) / 1e9
    return None
