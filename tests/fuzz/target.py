"""What a target of the fuzzer is."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A parser under test. An input of n bytes may take `cpu` seconds and `cpu_per_byte` for each byte.

    Both are twice what the dearest input known takes on a machine whose cores are shared; what grows faster than the
    input exceeds them many times.
    """

    name: str
    check: Callable[[bytes], None]
    tokens: tuple[bytes, ...]
    max_bytes: int = 100_000
    cpu: float = 1.0
    cpu_per_byte: float = 0.0
    memory: int = 200 * 1024**2


def split_words(text: str) -> tuple[bytes, ...]:
    """The words of a text as tokens, with a space and a line break."""
    return (*(word.encode() for word in text.split(" ")), b" ", b"\n")
