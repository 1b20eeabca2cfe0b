"""Gemini's speech models. They give no word times, and read instructions aloud that stand in the text."""

from __future__ import annotations

import asyncio
import re

from google import genai
from google.genai import errors, types

from lectern.contracts.usage import Usage
from lectern.voice.chunks import chunks
from lectern.voice.memory import Memory
from lectern.voice.provider import ProviderError, asked, together
from lectern.voice.sound import check_spoken, joined, read_pcm, read_wav
from lectern.voice.speech import Passage, Samples, Speech
from lectern.voice.voices import Voice
from lectern.worker import parse_retry_after

LIMIT = 3000  # characters of one request: about three minutes, past which the voice is said to drift
AT_ONCE = 3
TIMEOUT = 120.0
_STYLE = "A clear, warm and unhurried explainer, the same voice and pace throughout."
_ANGLES = {"<": " less than ", ">": " greater than "}  # angle brackets are vocal directions to these models


class GeminiEngine:
    """The Gemini API's `generateContent` with sound as its answer."""

    name = "gemini"
    version = "1"

    def __init__(self, api_key: str, *, url: str = "", timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        options = types.HttpOptions(base_url=url or None, retry_options=types.HttpRetryOptions(attempts=1))
        self._client = genai.Client(api_key=api_key, http_options=options, vertexai=False)
        self._under_way = asyncio.Semaphore(AT_ONCE)
        self._memory: Memory[tuple[Passage, Usage]] = Memory()

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        with self._memory.during((texts, voice.name, voice.model, language, rate)) as kept:
            said = await together(self._passage(text, voice, language, rate, kept) for text in texts)
        passages = tuple(passage for passage, _ in said)
        return Speech(passages=passages, timing="estimated", spent=tuple(bill for _, bills in said for bill in bills))

    async def _passage(
        self, text: str, voice: Voice, language: str, rate: float, kept: dict[str, tuple[Passage, Usage]]
    ) -> tuple[Passage, list[Usage]]:
        bills: list[Usage] = []
        pieces: list[tuple[int, Passage]] = []
        for offset, piece in chunks(text, lambda each: len(each) <= LIMIT):

            async def once(piece: str = piece) -> tuple[Passage, Usage]:
                async with self._under_way:
                    return await self._requested(piece, voice, language, rate)

            if piece not in kept:
                kept[piece] = await asked(once, service="Gemini speech", setting="GEMINI_API_KEY")
            passage, bill = kept[piece]
            pieces.append((offset, passage))
            bills.append(bill)
        return joined(pieces), bills

    async def _requested(self, text: str, voice: Voice, language: str, rate: float) -> tuple[Passage, Usage]:
        part = types.Part(text=spoken(text), speech_metadata=types.SpeechMetadata(style=_style(rate)))
        config = types.GenerateContentConfig(
            response_modalities=["AUDIO"],
            speech_config=types.SpeechConfig(
                language_code=language or None,
                voice_config=types.VoiceConfig(prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name=voice.name)),
            ),
        )
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._client.aio.models.generate_content(
                    model=voice.model, contents=types.Content(role="user", parts=[part]), config=config
                )
        except TimeoutError:
            raise ProviderError("slow", f"no answer within {self._timeout:g} s") from None
        except errors.APIError as error:
            raise _trouble(error) from None
        except (OSError, ValueError) as error:
            raise ProviderError("away", f"the connection broke ({type(error).__name__})") from None
        except Exception as error:
            if type(error).__module__.split(".")[0] in ("aiohttp", "httpx", "httpx2", "httpcore", "httpcore2"):
                raise ProviderError("away", f"the connection broke ({type(error).__name__})") from None
            raise
        try:
            samples, got = _sound(answer)
            check_spoken(samples, got, len(text))
        except ValueError as error:
            raise ProviderError("unusable", f"the sound cannot be used: {error}") from None
        return Passage(samples=samples, rate=got), _bill(answer, voice, text)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aio.aclose()


def spoken(text: str) -> str:
    """The text with angle brackets in words."""
    return re.sub("|".join(_ANGLES), lambda found: _ANGLES[found.group()], text)


def _style(rate: float) -> str:
    if rate == 1.0:
        return _STYLE
    return f"{_STYLE} About {abs(rate - 1):.0%} {'faster' if rate > 1 else 'slower'} than usual."


def _sound(answer: types.GenerateContentResponse) -> tuple[Samples, int]:
    """Samples and rate of WAV or of raw PCM, as `audio/L16;rate=24000` says. Raises ValueError."""
    candidates = answer.candidates or []
    parts = candidates[0].content.parts or [] if candidates and candidates[0].content else []
    for part in parts:
        if part.inline_data and part.inline_data.data:
            data, kind = part.inline_data.data, (part.inline_data.mime_type or "").lower()
            if data.startswith(b"RIFF"):
                return read_wav(data)
            rate = re.search(r"rate=(\d{4,6})", kind)
            if "l16" in kind or "pcm" in kind:
                return read_pcm(data), int(rate.group(1)) if rate else 24_000
            raise ValueError(f"{kind or 'no type'}, which is not speech")
    reason = candidates[0].finish_reason if candidates else None
    raise ValueError(f"no sound in the answer ({reason.value if reason else 'no reason given'})")


def _bill(answer: types.GenerateContentResponse, voice: Voice, text: str) -> Usage:
    usage = answer.usage_metadata
    tokens_in = (usage.prompt_token_count or 0) if usage else 0
    tokens_out = (usage.candidates_token_count or 0) if usage else 0
    cost = (tokens_in * voice.usd_per_million_input + tokens_out * voice.usd_per_million_output) / 1e6
    return Usage(
        kind="voice",
        name=f"gemini/{voice.name}",
        requests=1,
        input=tokens_in,
        output=tokens_out,
        characters=len(text),
        cost_usd=cost or voice.estimate(len(text)),
    )


def _trouble(error: errors.APIError) -> ProviderError:
    message = (error.message or error.status or "no reason given")[:300]
    lowered, code = message.lower(), error.code or 0
    headers = getattr(error.response, "headers", None) or {}
    wait = parse_retry_after(headers.get("retry-after"))
    if code == 429:
        spent = "per day" in lowered or "billing" in lowered or "exceeded your current quota" in lowered
        return ProviderError("quota" if spent else "busy", message, retry_after=wait)
    if code in (401, 403) or "api key" in lowered:
        return ProviderError("key", message)
    if code in (400, 404):
        return ProviderError("voice" if "voice" in lowered else "refused", message)
    return ProviderError("slow" if code == 408 else "away", f"{code} {message}", retry_after=wait)
