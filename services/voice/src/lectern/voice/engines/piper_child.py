"""The child that runs a Piper model: reads an order on stdin, writes an answer line and 16-bit samples on stdout."""

from __future__ import annotations

import sys

import msgspec


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to say, with which model; a larger `length_scale` is slower."""

    texts: tuple[str, ...]
    model: str
    length_scale: float = 1.0


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Sample rate in Hz and the length of each text in samples; the samples follow the line."""

    rate: int
    lengths: tuple[int, ...]


def main() -> int:
    """Status 3 says that the model cannot be loaded."""
    from piper import PiperVoice
    from piper.config import SynthesisConfig

    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    try:
        voice = PiperVoice.load(order.model)
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}".splitlines()[0] + "\n")
        return 3
    config = SynthesisConfig(length_scale=voice.config.length_scale * order.length_scale)
    said = [b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(text, config)) for text in order.texts]
    answer = Answer(rate=voice.config.sample_rate, lengths=tuple(len(each) // 2 for each in said))
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n" + b"".join(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
