"""The providers of a run: a model and a voice that cost money, which note each call and when it came.

The law: no call is made twice. A request may come once more for each kill of whoever asked, between the two, since an
answer that was not stored yet died with its process. Neither outages nor freezes, full disks or repeated messages are
an excuse: what was answered is kept until it can be stored.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from e2e.model_answers import answers
from standins.behaviour import Move, Says, StandIn
from standins.elevenlabs import elevenlabs
from standins.gemini import gemini

from chaos.journal import Journal

_OF_CODER = ("You write one scene", "did not pass its check", "You look at one scene")


class TimedRequests(list[dict[str, Any]]):
    """Requests, and when each came."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def append(self, request: dict[str, Any]) -> None:
        """Notes the time as well."""
        self.times.append(time.monotonic())
        super().append(request)


@dataclasses.dataclass(frozen=True)
class Providers:
    """The running stand-ins: what they were asked, and the variables by which services find them."""

    model: TimedRequests
    voice: TimedRequests
    environment: Mapping[str, str]

    def count(self) -> int:
        """How many calls were made."""
        return len(self.model) + len(self.voice)

    def find_repeated(self, journal: Journal) -> list[str]:
        """The calls that were made more often than the law lets them."""
        return [
            *_find_repeated(self.model, journal, _asker),
            *_find_repeated(self.voice, journal, lambda _: "voice"),
        ]

    def count_repeated(self) -> int:
        """How many calls were made again, lawfully or not."""
        return sum(len(each) - len(set(map(_canonical, each))) for each in (self.model, self.voice))


def _canonical(request: Mapping[str, Any]) -> str:
    return json.dumps(request, sort_keys=True)


def _asker(request: Mapping[str, Any]) -> str:
    rules = json.dumps(request.get("systemInstruction", ""))
    return "coder" if any(words in rules for words in _OF_CODER) else "scripter"


def _find_repeated(requests: TimedRequests, journal: Journal, asker: Any) -> list[str]:
    calls: dict[str, list[float]] = defaultdict(list)
    for request, at in zip(requests, requests.times, strict=True):
        calls[_canonical(request)].append(at)
    found = []
    for request, times in calls.items():
        service = asker(json.loads(request))
        for first, second in itertools.pairwise(times):
            if not journal.count_losses(service, first, second):
                places = [round(at - journal.start, 1) for at in times]
                found.append(f"a call of the {service} was made {len(times)} times, at {places} s: {request[:600]}")
                break
    return found


def answer_for_film(request: dict[str, Any]) -> Move:
    """As `answers`, with the film's number and the scene's in each sentence, so that no two scenes ask for the same."""
    move = answers(request)
    number = re.search(r"film (\d+)", json.dumps(request["contents"]))
    if not isinstance(move, Says) or number is None:
        return move
    text = move.text
    for words, told in (
        ("Sunlight is", "Sunlight in part {} of film {} is"),
        ("The air", "In part {} of film {}, the air"),
    ):
        parts = itertools.count(1)
        text = re.sub(words, lambda _, told=told, parts=parts: told.format(next(parts), number[1]), text)
    return dataclasses.replace(move, text=text)


@asynccontextmanager
async def run_providers() -> AsyncIterator[Providers]:
    """Both stand-ins, while the context lasts."""
    model, voice = TimedRequests(), TimedRequests()
    async with (
        gemini(StandIn(otherwise=answer_for_film, requests=model)) as model_script,
        elevenlabs(StandIn(requests=voice)) as voice_script,
    ):
        environment = {
            "GEMINI_API_KEY": "a-key",
            "LECTERN_GEMINI_URL": model_script.url,
            "LECTERN_GEMINI_TTS": "false",
            "LECTERN_ELEVENLABS_API_KEY": "a-key",
            "LECTERN_ELEVENLABS_URL": voice_script.url,
        }
        yield Providers(model, voice, environment)
