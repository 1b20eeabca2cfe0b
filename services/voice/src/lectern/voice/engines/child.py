"""The format between an engine and its child process: JSON in; a line of JSON and 16-bit samples out.

Imported by the children, so it imports little.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import msgspec

M = TypeVar("M", bound=msgspec.Struct)

VOICE_NOT_LOADED = 3  # exit status


class ChildPassage(msgspec.Struct, frozen=True, kw_only=True):
    """A spoken text: its number of samples, and (character offset, sample) where words begin."""

    samples: int
    marks: tuple[tuple[int, int], ...] = ()


class ChildSpeech(msgspec.Struct, frozen=True, kw_only=True):
    """Sample rate in Hz and the texts in order; all their samples follow the line."""

    rate: int
    passages: tuple[ChildPassage, ...]


class VoiceNotLoaded(Exception):
    """The child could not load the voice. The message is its reason."""


def run_child(message_type: type[M], speak: Callable[[M], tuple[ChildSpeech, bytes]]) -> int:
    """Speaks the message on stdin and returns the exit status. `speak` raises VoiceNotLoaded."""
    message = msgspec.json.decode(sys.stdin.buffer.read(), type=message_type)
    try:
        speech, sound = speak(message)
    except VoiceNotLoaded as error:
        sys.stderr.write(str(error))
        return VOICE_NOT_LOADED
    sys.stdout.buffer.write(msgspec.json.encode(speech) + b"\n" + sound)
    return 0
