"""Piper: neural voices on this machine, one for each model file in a folder. The model runs in a child process."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import msgspec

from lectern.contracts.problems import Problem
from lectern.contracts.usage import Usage
from lectern.voice.engines.child import VoiceNotLoaded
from lectern.voice.engines.local import speak_in_child
from lectern.voice.engines.piper_child import PiperText
from lectern.voice.refusals import VoiceRefused
from lectern.voice.settings import VoiceSettings
from lectern.voice.speech import Speech
from lectern.voice.voices import Voice

_TIMEOUT = 180.0  # seconds for one scene: a slow machine speaks at about the pace of speech


class _ModelLanguage(msgspec.Struct, frozen=True):
    code: str = ""


class _ModelDescription(msgspec.Struct, frozen=True):
    """The part of a model's `.onnx.json` that is used."""

    language: _ModelLanguage = _ModelLanguage()


def find_piper_voices(settings: VoiceSettings) -> tuple[Voice, ...]:
    """The voices in the settings' folder, named `piper-NAME`: each `NAME.onnx` with a readable `NAME.onnx.json`."""
    if settings.piper_voices is None or importlib.util.find_spec("piper") is None:
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
        for model in sorted(settings.piper_voices.glob("*.onnx"))
        if (code := _read_language(model))
    )


def _read_language(model: Path) -> str:
    try:
        description = msgspec.json.decode(Path(f"{model}.json").read_bytes(), type=_ModelDescription)
    except (OSError, msgspec.MsgspecError):
        return ""
    return description.language.code or model.stem.split("-")[0]


class PiperEngine:
    """Speaks through the piper-tts wheel."""

    version = "1"

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        """Speaks each text as a passage without times."""
        message = PiperText(texts=texts, model=voice.name, length_scale=1 / rate)
        try:
            passages = await speak_in_child(
                "lectern.voice.engines.piper_child",
                message,
                timeout=_TIMEOUT,
                readable=(voice.name, f"{voice.name}.json"),
            )
        except VoiceNotLoaded as error:
            problem = Problem(
                code="voice-unavailable",
                title="Piper cannot load the voice",
                detail=f"{voice.id} cannot be loaded: {error}",
                remedy="Download the model and .onnx.json into LECTERN_PIPER_VOICES again, or choose another voice.",
            )
            raise VoiceRefused(problem) from error
        usage = Usage(kind="voice", name=f"piper/{voice.id}", requests=1, characters=sum(map(len, texts)))
        return Speech(passages=passages, timing="estimated", spent=(usage,))

    async def close(self) -> None:
        """Nothing is open: the child ends with its scene."""
