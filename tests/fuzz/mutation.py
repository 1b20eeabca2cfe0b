"""Mutations: random edits, words of the format, and the repetitions that make a parser slow."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

MAX_EDITS = 6
SHORT = 2_000  # bytes


def mutate(random: Random, corpus: Sequence[bytes], tokens: Sequence[bytes], max_bytes: int) -> bytes:
    """A new input made of one from the corpus, at most `max_bytes` long."""
    data = _choose(random, corpus)
    for _ in range(random.randint(1, MAX_EDITS)):
        at = random.randint(0, len(data))
        end = min(len(data), at + random.choice((1, 1, 2, 4, 16, 64, 1024)))
        match random.randrange(8):
            case 0:
                data = data[:at] + data[end:]
            case 1:
                data = data[:at] + random.randbytes(end - at) + data[end:]
            case 2 | 3:
                data = data[:at] + random.choice(tokens) + data[at:]
            case 4:
                other = _choose(random, corpus)
                start = random.randint(0, len(other))
                data = data[:at] + other[start : start + random.choice((8, 64, 1024))] + data[end:]
            case 5:
                data = data[:at] + _repeat(random, data[at:end] or b"a", max_bytes) + data[end:]
            case 6:
                unit = b"".join(random.choices(tokens, k=random.randint(1, 3)))
                data = data[:at] + _repeat(random, unit, max_bytes) + data[at:]
            case 7:
                first, second = random.choice(tokens), random.choice(tokens)
                depth = random.choice((2, 3, 10, 100, 1000, 10_000))
                data = data[:at] + first * depth + data[at:end] + second * depth + data[end:]
    return data[:max_bytes]


def _choose(random: Random, corpus: Sequence[bytes]) -> bytes:
    """An input, mostly one of the short ones: thousands of them take the time of a long one."""
    short = [each for each in corpus if len(each) <= SHORT]
    return random.choice(short if short and random.random() < 0.9 else corpus)


def _repeat(random: Random, unit: bytes, max_bytes: int) -> bytes:
    times = random.choice((2, 2, 3, 10, 10, 100, 1000, max_bytes // len(unit)))
    return (unit * times)[:max_bytes]
