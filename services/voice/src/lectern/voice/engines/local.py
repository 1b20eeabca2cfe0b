"""Runs an engine's child process: its library has global state, and its input is untrusted."""

from __future__ import annotations

import sys

import msgspec
import numpy as np

from lectern.media import ProcessFailed, run_process
from lectern.voice.engines.child import VOICE_NOT_LOADED, ChildSpeech, VoiceNotLoaded
from lectern.voice.speech import Mark, Passage
from lectern.worker import Transient


async def speak_in_child(module: str, message: msgspec.Struct, *, timeout: float) -> tuple[Passage, ...]:
    """Sends `message` to a new child that runs `module` and returns its passages. `timeout` in seconds.

    Raises VoiceNotLoaded with the child's reason, Transient when the child fails otherwise.
    """
    command = [sys.executable, "-m", module]
    try:
        out, _ = await run_process(command, timeout=timeout, stdin=msgspec.json.encode(message))
    except ProcessFailed as failure:
        if failure.code == VOICE_NOT_LOADED:
            reason = failure.tail.strip().splitlines()[-1:]  # libraries write warnings before it
            raise VoiceNotLoaded(reason[0][-200:] if reason else "no reason given") from failure
        raise Transient(f"{module} failed: {failure}") from failure
    head, _, sound = out.partition(b"\n")
    speech = msgspec.json.decode(head, type=ChildSpeech)
    samples = np.frombuffer(sound, dtype="<i2")
    passages: list[Passage] = []
    start = 0
    for spoken in speech.passages:
        marks = tuple(Mark(offset=offset, seconds=sample / speech.rate) for offset, sample in spoken.marks)
        passages.append(Passage(samples=samples[start : start + spoken.samples], rate=speech.rate, marks=marks))
        start += spoken.samples
    return tuple(passages)
