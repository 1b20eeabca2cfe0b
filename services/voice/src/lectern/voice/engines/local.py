"""Runs an engine's child process: its library has global state, and its input is untrusted."""

from __future__ import annotations

import os
import sys

import msgspec
import numpy as np

from lectern.confinement.cell import Cell, CellLimits, list_python_paths
from lectern.media import BUSY_FACTOR, ProcessFailed, run_process
from lectern.voice.engines.child import VOICE_NOT_LOADED, ChildSpeech, VoiceNotLoaded
from lectern.voice.speech import Mark, Passage
from lectern.worker import Transient

_MEMORY_BYTES = 16 << 30  # address space: a large model with the threads of many cores


async def speak_in_child(
    module: str, message: msgspec.Struct, *, timeout: float, readable: tuple[str, ...] = ()
) -> tuple[Passage, ...]:
    """Sends `message` to a new child that runs `module` and returns its passages. `timeout` in seconds of every core.

    The child can read our packages and what is `readable`, write nothing, and knows no key.

    Raises VoiceNotLoaded with the child's reason, Transient when the child fails otherwise.
    """
    command = [sys.executable, "-I", "-m", module]
    limits = CellLimits(cpu_seconds=timeout * (os.cpu_count() or 1), memory_bytes=_MEMORY_BYTES, file_bytes=0)
    cell = Cell(readable=(*list_python_paths(), *readable), limits=limits)
    try:
        out, _ = await run_process(command, cell, timeout=timeout * BUSY_FACTOR, stdin=msgspec.json.encode(message))
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
