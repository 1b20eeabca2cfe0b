"""Gemini's speech models. They report no word times, and would read aloud any instructions in the text."""

from __future__ import annotations

import re

from google import genai
from google.genai import errors, types

from lectern.contracts.usage import Usage
from lectern.voice.provider_errors import ProviderError
from lectern.voice.settings import VoiceSettings
from lectern.voice.sound import read_pcm, read_wav
from lectern.voice.speech import Passage, SpeechRequest
from lectern.voice.voices import Voice
from lectern.worker import parse_retry_after

_STYLE = "A clear, warm and unhurried explainer, the same voice and pace throughout."
_ANGLES = {"<": " less than ", ">": " greater than "}  # angle brackets are vocal directions to these models
_HTTP_CLIENTS = (
    "aiohttp",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
)  # packages whose errors the library lets through


class GeminiSpeech:
    """The Gemini API's `generateContent` with sound as its answer."""

    version = "1"

    def __init__(self, settings: VoiceSettings) -> None:
        key, url = settings.gemini_api_key.get_secret_value(), settings.gemini_url
        options = types.HttpOptions(base_url=url or None, retry_options=types.HttpRetryOptions(attempts=1))
        self._client = genai.Client(api_key=key, http_options=options, vertexai=False)

    def size(self, text: str, voice: Voice) -> int:
        """Characters of the text."""
        return len(text)

    async def speak(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        """Sends one request."""
        part = types.Part(
            text=spell_out_angle_brackets(request.text),
            speech_metadata=types.SpeechMetadata(style=_style(request.rate)),
        )
        voice = types.PrebuiltVoiceConfig(voice_name=request.voice.name)
        config = types.GenerateContentConfig(
            response_modalities=["AUDIO"],
            speech_config=types.SpeechConfig(
                language_code=request.language or None, voice_config=types.VoiceConfig(prebuilt_voice_config=voice)
            ),
        )
        try:
            answer = await self._client.aio.models.generate_content(
                model=request.voice.model, contents=types.Content(role="user", parts=[part]), config=config
            )
        except errors.APIError as error:
            raise _provider_error(error) from None
        except Exception as error:
            if isinstance(error, OSError | ValueError) or type(error).__module__.split(".")[0] in _HTTP_CLIENTS:
                raise ProviderError("unavailable", f"the connection broke ({type(error).__name__})") from None
            raise
        return _read_sound(answer), _read_usage(answer, request)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aio.aclose()


def spell_out_angle_brackets(text: str) -> str:
    """The text with angle brackets in words."""
    return re.sub("|".join(_ANGLES), lambda found: _ANGLES[found.group()], text)


def _style(rate: float) -> str:
    if rate == 1.0:
        return _STYLE
    return f"{_STYLE} About {abs(rate - 1):.0%} {'faster' if rate > 1 else 'slower'} than usual."


def _read_sound(answer: types.GenerateContentResponse) -> Passage:
    """Sound from WAV or from raw PCM, declared as `audio/L16;rate=24000`. Raises ValueError."""
    candidates = answer.candidates or []
    parts = candidates[0].content.parts or [] if candidates and candidates[0].content else []
    for part in parts:
        if part.inline_data and part.inline_data.data:
            data, media_type = part.inline_data.data, (part.inline_data.mime_type or "").lower()
            if data.startswith(b"RIFF"):
                samples, wav_rate = read_wav(data)
                return Passage(samples=samples, rate=wav_rate)
            if "l16" in media_type or "pcm" in media_type:
                rate = re.search(r"rate=(\d{4,6})", media_type)
                return Passage(samples=read_pcm(data), rate=int(rate.group(1)) if rate else 24_000)
            raise ValueError(f"{media_type or 'no media type'} is not speech")
    reason = candidates[0].finish_reason if candidates else None
    raise ValueError(f"no sound ({reason.value if reason else 'no reason given'})")


def _read_usage(answer: types.GenerateContentResponse, request: SpeechRequest) -> Usage:
    usage, voice = answer.usage_metadata, request.voice
    tokens_in = (usage.prompt_token_count or 0) if usage else 0
    tokens_out = (usage.candidates_token_count or 0) if usage else 0
    cost = (tokens_in * voice.usd_per_million_input + tokens_out * voice.usd_per_million_output) / 1e6
    return Usage(
        kind="voice",
        name=f"gemini/{voice.name}",
        requests=1,
        input=tokens_in,
        output=tokens_out,
        characters=len(request.text),
        cost_usd=cost or voice.estimate_cost(len(request.text)),
    )


def _provider_error(error: errors.APIError) -> ProviderError:
    message = (error.message or error.status or "no reason given")[:300]
    lowered, status = message.lower(), error.code or 0
    headers = getattr(error.response, "headers", None) or {}
    wait = parse_retry_after(headers.get("retry-after"))
    if status == 429:
        used_up = "per day" in lowered or "billing" in lowered or "exceeded your current quota" in lowered
        return ProviderError("quota" if used_up else "busy", message, retry_after=wait)
    if status in (401, 403) or "api key" in lowered:
        return ProviderError("key", message)
    if status in (400, 404):
        return ProviderError("voice" if "voice" in lowered else "refused", message)
    return ProviderError("slow" if status == 408 else "unavailable", f"{status} {message}", retry_after=wait)
