"""espeak-ng, offline, with exact word times. The C library runs in a child: its state is global, its input hostile."""

from __future__ import annotations

import sys

import msgspec
import numpy as np

from lectern.contracts.problems import Problem
from lectern.contracts.usage import Usage
from lectern.media.process import ProcessFailed, run_process
from lectern.voice.engines.espeak_child import Answer, Order
from lectern.voice.speech import Mark, Passage, Speech
from lectern.voice.voices import Voice
from lectern.worker import Permanent, Transient

WORDS_PER_MINUTE = 158  # unhurried: an explainer is listened to once
_TIMEOUT = 60.0


class EspeakEngine:
    """Speaks through the library of the espeakng-loader wheel."""

    name = "espeak"
    version = "2"

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        order = Order(texts=texts, voice=voice.name, words_per_minute=round(WORDS_PER_MINUTE * rate))
        try:
            out, _ = await run_process(
                [sys.executable, "-m", "lectern.voice.engines.espeak_child"],
                timeout=_TIMEOUT,
                stdin=msgspec.json.encode(order),
            )
        except ProcessFailed as failure:
            if failure.code == 3:
                raise Permanent(_no_voice(voice.name, failure.tail)) from failure
            raise Transient(f"espeak-ng failed: {failure}") from failure
        head, _, sound = out.partition(b"\n")
        answer = msgspec.json.decode(head, type=Answer)
        samples = np.frombuffer(sound, dtype="<i2")
        passages: list[Passage] = []
        start = 0
        for said in answer.passages:
            marks = tuple(Mark(offset=offset, seconds=at / answer.rate) for offset, at in said.marks)
            passages.append(Passage(samples=samples[start : start + said.samples], rate=answer.rate, marks=marks))
            start += said.samples
        spent = Usage(kind="voice", name=f"espeak/{voice.name}", requests=1, characters=sum(map(len, texts)))
        return Speech(passages=tuple(passages), timing="exact", spent=(spent,))

    async def close(self) -> None:
        """Nothing is open: the child ends with its order."""


def _no_voice(voice: str, said: str) -> Problem:
    return Problem(
        code="voice-unavailable",
        title="espeak-ng has no such voice",
        detail=f"espeak-ng cannot load {voice!r}: {said.strip()[-200:]}",
        remedy="Choose another voice, or reinstall the espeakng-loader package; `lectern doctor` checks it.",
    )
