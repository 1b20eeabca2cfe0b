"""`python -m unit.language.phonemes`: the phonemes in which espeak-ng reads each line of stdin. Its state is global."""

from __future__ import annotations

import ctypes
import sys

import espeakng_loader

_SYNCHRONOUS, _UTF8, _IPA = 2, 1, 2


def read_phonemes(lines: list[str], voice: str) -> list[str]:
    """The phonemes of each line in the International Phonetic Alphabet."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    read = []
    for line in lines:
        text = ctypes.c_char_p(line.encode())
        clauses = []
        while text.value is not None:
            clauses.append(library.espeak_TextToPhonemes(ctypes.byref(text), _UTF8, _IPA).decode())
        read.append(" ".join(clauses))
    return read


if __name__ == "__main__":
    sys.stdout.write("\n".join(read_phonemes(sys.stdin.read().splitlines(), sys.argv[1])))
