"""Engines on the network: everything that is the same for all speech services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import stamina
from cachetools import LRUCache

from lectern.contracts.usage import Usage, add_up
from lectern.language.splitting import split_text
from lectern.tracing import SpanKind, record_span
from lectern.voice.metrics import VoiceMetrics
from lectern.voice.provider_errors import ProviderError, to_failure
from lectern.voice.sound import check_speech, join
from lectern.voice.speech import Passage, Speech, SpeechRequest, SpeechService
from lectern.voice.table import RequestLimits
from lectern.voice.voices import Voice
from lectern.worker import Meter, map_concurrently

ATTEMPTS = 4  # per request, before the scene goes back to the queue
WAIT_INITIAL, WAIT_MAX = 0.5, 8.0  # seconds between attempts, doubled each time, if the service names no delay
MAX_RETRY_AFTER = 20.0  # seconds; a longer delay is left to the queue, where it occupies no slot
MAX_KEPT_ANSWERS = 128  # of unfinished scenes, about half a megabyte of sound each


class RemoteEngine:
    """Speaks scenes through a service: splits texts, limits concurrency, retries, and joins the sound.

    Paid answers of a scene that failed are kept, so that its next delivery requests only the rest. They are dropped
    when the scene is spoken: a redo is spoken again. A restart loses them, which costs money but nothing else.
    """

    def __init__(
        self, service: SpeechService, limits: RequestLimits, name: str = "", metrics: VoiceMetrics | None = None
    ) -> None:
        self.version = service.version
        self._name = name
        self._metrics = metrics or VoiceMetrics(Meter())
        self._service = service
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._kept: LRUCache[SpeechRequest, tuple[Passage, Usage]] = LRUCache(MAX_KEPT_ANSWERS)

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        """Speaks each text as a passage. Timing is `exact` if the service marked the words of every piece."""
        split = [list(self._split(texts, number, voice, language, rate)) for number in range(len(texts))]
        requests = list(dict.fromkeys(request for pieces in split for _, request in pieces))
        answers = dict(zip(requests, await map_concurrently(self._answer, requests), strict=True))
        for request in requests:
            self._kept.pop(request, None)
        return Speech(
            passages=tuple(join([(offset, answers[request][0]) for offset, request in pieces]) for pieces in split),
            timing="exact" if all(passage.marks for passage, _ in answers.values()) else "estimated",
            spent=add_up(usage for _, usage in answers.values()),
        )

    def _split(
        self, texts: tuple[str, ...], number: int, voice: Voice, language: str, rate: float
    ) -> Iterator[tuple[int, SpeechRequest]]:
        """A text's requests, each with its offset in the text."""
        before = texts[number - 1] if number else ""
        after = texts[number + 1] if number + 1 < len(texts) else ""
        for offset, piece in split_text(
            texts[number], lambda piece: self._service.size(piece, voice) <= self._limits.max_size, language
        ):
            yield (
                offset,
                SpeechRequest(text=piece, voice=voice, language=language, rate=rate, before=before, after=after),
            )

    async def _answer(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        kept = self._kept.get(request)
        if kept is not None:
            return kept
        try:
            answer = await self._send_with_retries(request)
        except ProviderError as error:
            limits = self._limits
            raise to_failure(error, provider=limits.provider, key_setting=limits.key_setting) from error
        self._kept[request] = answer
        return answer

    async def _send_with_retries(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        async for attempt in stamina.retry_context(
            on=_retry_delay, attempts=ATTEMPTS, timeout=None, wait_initial=WAIT_INITIAL, wait_max=WAIT_MAX
        ):
            with attempt:
                return await self._send_measured(request)
        raise AssertionError("the last attempt returns or raises")

    async def _send_measured(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        started = time.monotonic()
        outcome = "ok"
        try:
            return await self._send(request)
        except ProviderError as error:
            outcome = error.kind
            raise
        finally:
            self._metrics.count_request(self._name, outcome, time.monotonic() - started)

    async def _send(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        timeout = self._limits.timeout
        try:
            async with self._slots, asyncio.timeout(timeout):
                passage, usage = await self._request(request)
            check_speech(passage, len(request.text))
        except TimeoutError:
            raise ProviderError("slow", f"no answer within {timeout:g} s") from None
        except ValueError as error:
            raise ProviderError("unusable", f"the answer cannot be used: {str(error)[:200]}") from None
        return passage, usage

    async def _request(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        engine, voice = request.voice.engine, request.voice.id
        with record_span(
            "request speech", kind=SpanKind.CLIENT, engine=engine, voice=voice, characters=len(request.text)
        ):
            return await self._service.speak(request)

    async def close(self) -> None:
        """Closes the service's connections."""
        await self._service.close()


def _retry_delay(error: Exception) -> bool | float:
    """Tells stamina whether to retry, or after how many seconds."""
    if not isinstance(error, ProviderError) or not error.retryable:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= MAX_RETRY_AFTER else False
