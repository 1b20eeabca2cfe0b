"""The child that holds espeak-ng: reads an order on stdin, writes an answer line and 16-bit samples on stdout."""

from __future__ import annotations

import ctypes
import sys

import espeakng_loader
import msgspec

_RETRIEVAL_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: sound comes to our callback, in our thread
_UTF8, _POSITION_CHARACTER = 1, 1
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_WORD, _END = 1, 0  # espeak_EVENT_TYPE


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to say and how."""

    texts: tuple[str, ...]
    voice: str
    words_per_minute: int
    pitch: int = 46
    pitch_range: int = 58


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A text as spoken: how many samples, and (character offset, sample) where words begin."""

    samples: int
    marks: tuple[tuple[int, int], ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Sample rate in Hz and the texts in order; the samples follow the line."""

    rate: int
    passages: tuple[Said, ...]


class _Identity(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identity),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def speak(order: Order) -> tuple[Answer, bytes]:
    """Says the order's texts one after the other. Raises LookupError when the voice cannot be loaded."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(_RETRIEVAL_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0:
        raise LookupError("the library found no voice data")
    sound = bytearray()
    marks: list[tuple[int, int]] = []

    def heard(wave: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        if wave:
            sound.extend(ctypes.string_at(wave, count * 2))
        index = 0
        while events[index].type != _END:
            event = events[index]
            if event.type == _WORD:
                marks.append((event.text_position - 1, event.audio_position * rate // 1000))
            index += 1
        return 0

    callback = _Callback(heard)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(order.voice.encode()) != 0:
        raise LookupError(f"no voice named {order.voice}")
    library.espeak_SetParameter(_RATE, order.words_per_minute, 0)
    library.espeak_SetParameter(_PITCH, order.pitch, 0)
    library.espeak_SetParameter(_RANGE, order.pitch_range, 0)
    passages: list[Said] = []
    for text in order.texts:
        before = len(sound)
        marks.clear()
        data = text.encode() + b"\0"
        library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        passages.append(Said(samples=(len(sound) - before) // 2, marks=tuple(marks)))
    return Answer(rate=rate, passages=tuple(passages)), bytes(sound)


def main() -> int:
    """Exit status 3 means that the voice cannot be had."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    try:
        answer, sound = speak(order)
    except (LookupError, OSError) as error:
        sys.stderr.write(str(error))
        return 3
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n" + sound)
    return 0


if __name__ == "__main__":
    sys.exit(main())
