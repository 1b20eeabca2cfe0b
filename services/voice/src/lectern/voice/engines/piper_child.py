"""The child process that runs a Piper model."""

from __future__ import annotations

import sys

import msgspec

from lectern.voice.engines.child import ChildPassage, ChildSpeech, VoiceNotLoaded, run_child


class PiperText(msgspec.Struct, frozen=True, kw_only=True):
    """Texts to speak, and the path of the model; a larger `length_scale` is slower."""

    texts: tuple[str, ...]
    model: str
    length_scale: float = 1.0


def speak(message: PiperText) -> tuple[ChildSpeech, bytes]:
    """Speaks the texts one after the other. Raises VoiceNotLoaded."""
    from piper import PiperVoice
    from piper.config import SynthesisConfig

    try:
        voice = PiperVoice.load(message.model)
    except Exception as error:
        raise VoiceNotLoaded(f"{type(error).__name__}: {error}".splitlines()[0]) from error
    config = SynthesisConfig(length_scale=voice.config.length_scale * message.length_scale)
    sounds = [b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(text, config)) for text in message.texts]
    passages = tuple(ChildPassage(samples=len(sound) // 2) for sound in sounds)
    return ChildSpeech(rate=voice.config.sample_rate, passages=passages), b"".join(sounds)


if __name__ == "__main__":
    sys.exit(run_child(PiperText, speak))
