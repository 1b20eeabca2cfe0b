"""Piper: neural voices on this machine, one for each model file in a folder. The model runs in a child."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import msgspec
import numpy as np

from lectern.contracts.problems import Problem
from lectern.contracts.usage import Usage
from lectern.media.process import ProcessFailed, run_process
from lectern.voice.engines.piper_child import Answer, Order
from lectern.voice.speech import Passage, Speech
from lectern.voice.voices import Voice
from lectern.worker import Permanent, Transient

TIMEOUT = 180.0  # seconds for one scene: a slow machine speaks at about the pace of speech


class _Language(msgspec.Struct, frozen=True):
    code: str = ""


class _Config(msgspec.Struct, frozen=True):
    """What is read of a model's `.onnx.json`."""

    language: _Language = _Language()


def piper_voices(folder: Path | None) -> tuple[Voice, ...]:
    """The voices in a folder, called `piper-NAME`: each `NAME.onnx` that has a readable `NAME.onnx.json`."""
    if folder is None or importlib.util.find_spec("piper") is None:
        return ()
    return tuple(
        Voice(
            id=f"piper-{model.stem}",
            language=code.replace("_", "-"),
            gender="unknown",
            engine="piper",
            name=str(model),
            timing="aligned",
        )
        for model in sorted(folder.glob("*.onnx"))
        if (code := _language(model))
    )


def _language(model: Path) -> str:
    try:
        config = msgspec.json.decode(Path(f"{model}.json").read_bytes(), type=_Config)
    except (OSError, msgspec.MsgspecError):
        return ""
    return config.language.code or model.stem.split("-")[0]


class PiperEngine:
    """Speaks through the piper-tts wheel."""

    name = "piper"
    version = "1"

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        order = Order(texts=texts, model=voice.name, length_scale=1 / rate)
        try:
            out, _ = await run_process(
                [sys.executable, "-m", "lectern.voice.engines.piper_child"],
                timeout=TIMEOUT,
                stdin=msgspec.json.encode(order),
            )
        except ProcessFailed as failure:
            if failure.code == 3:
                raise Permanent(_broken(voice, failure.tail)) from failure
            raise Transient(f"Piper failed: {failure}") from failure
        head, _, sound = out.partition(b"\n")
        answer = msgspec.json.decode(head, type=Answer)
        samples = np.frombuffer(sound, dtype="<i2")
        passages: list[Passage] = []
        at = 0
        for length in answer.lengths:
            passages.append(Passage(samples=samples[at : at + length], rate=answer.rate))
            at += length
        spent = Usage(kind="voice", name=f"piper/{voice.id}", requests=1, characters=sum(map(len, texts)))
        return Speech(passages=tuple(passages), timing="estimated", spent=(spent,))

    async def close(self) -> None:
        """Nothing is open: the child ends with its order."""


def _broken(voice: Voice, said: str) -> Problem:
    why = said.strip().splitlines()[-1][-200:] if said.strip() else "no reason given"
    return Problem(
        code="voice-unavailable",
        title="Piper cannot load the voice",
        detail=f"{voice.id} cannot be loaded: {why}",
        remedy="Download the model and its .onnx.json again into LECTERN_PIPER_VOICES, or choose another voice.",
    )
