"""The child process that holds espeak-ng."""

from __future__ import annotations

import ctypes
import sys

import espeakng_loader
import msgspec

from lectern.voice.engines.child import ChildPassage, ChildSpeech, VoiceNotLoaded, run_child
from lectern.voice.engines.kana import Reading, read_in_kana

_RETRIEVAL_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: sound is passed to our callback, in our thread
_UTF8, _POSITION_CHARACTER = 1, 1
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_WORD, _END = 1, 0  # espeak_EVENT_TYPE
JAPANESE = "ja"


class EspeakText(msgspec.Struct, frozen=True, kw_only=True):
    """Texts to speak, with the library's voice and parameters."""

    texts: tuple[str, ...]
    voice: str
    words_per_minute: int
    pitch: int = 46
    pitch_range: int = 58


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


def speak(message: EspeakText) -> tuple[ChildSpeech, bytes]:
    """Speaks the texts one after the other. Raises VoiceNotLoaded."""
    library, rate = _load_library()
    sound = bytearray()
    marks: list[tuple[int, int]] = []

    def collect(wave: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        if wave:
            sound.extend(ctypes.string_at(wave, count * 2))
        index = 0
        while events[index].type != _END:
            event = events[index]
            if event.type == _WORD:
                marks.append((event.text_position - 1, event.audio_position * rate // 1000))
            index += 1
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(message.voice.encode()) != 0:
        raise VoiceNotLoaded(f"no voice named {message.voice}")
    library.espeak_SetParameter(_RATE, message.words_per_minute, 0)
    library.espeak_SetParameter(_PITCH, message.pitch, 0)
    library.espeak_SetParameter(_RANGE, message.pitch_range, 0)
    passages: list[ChildPassage] = []
    for text in message.texts:
        before = len(sound)
        marks.clear()
        reading = read_in_kana(text) if message.voice == JAPANESE else Reading(text=text)
        data = reading.text.encode() + b"\0"
        library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        passages.append(ChildPassage(samples=(len(sound) - before) // 2, marks=_place_marks(marks, reading)))
    return ChildSpeech(rate=rate, passages=tuple(passages)), bytes(sound)


def _place_marks(marks: list[tuple[int, int]], reading: Reading) -> tuple[tuple[int, int], ...]:
    """Moves marks from what was spoken to what is written."""
    return tuple((reading.place(offset), sample) for offset, sample in marks)


def _load_library() -> tuple[ctypes.CDLL, int]:
    """The library and its sample rate."""
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = library.espeak_Initialize(_RETRIEVAL_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    except OSError as error:
        raise VoiceNotLoaded(str(error)) from error
    if rate <= 0:
        raise VoiceNotLoaded("the library found no voice data")
    return library, rate


if __name__ == "__main__":
    sys.exit(run_child(EspeakText, speak))
