"""Which letters can be drawn: Pango draws a box in place of one that no installed font has, and says nothing."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from manim import Text

from .patching import patch_attribute

_FOUND = 0  # FcResultMatch
_SYSTEM_FONTS, _APPLICATION_FONTS = 0, 1  # FcSetSystem, FcSetApplication


class _FontSet(ctypes.Structure):
    """FcFontSet: patterns, each of a font."""

    _fields_ = [
        ("count", ctypes.c_int),
        ("room", ctypes.c_int),
        ("patterns", ctypes.POINTER(ctypes.c_void_p)),
    ]


@contextmanager
def listen_for_missing_letters(listener: Callable[[str], None]) -> Iterator[None]:
    """Pass the letters of each text that is made inside the block and that no font has to `listener`."""
    draw = Text._text2svg

    def note(text: Any, *args: Any) -> Any:
        missing = find_missing_letters(text.text)
        if missing:
            listener(missing)
        return draw(text, *args)

    with patch_attribute(Text, "_text2svg", note):
        yield


def find_missing_letters(text: str) -> str:
    """Return the letters of a text that no installed font has, each once."""
    return "".join(each for each in dict.fromkeys(text) if not (each.isascii() or _has_shape(each)))


@cache
def _has_shape(letter: str) -> bool:
    """Return whether some font has a letter, or it is one that shows nothing by itself."""
    if unicodedata.category(letter)[0] in "CZ" or unicodedata.category(letter) == "Mn":
        return True
    has_letter = _load_letters()
    return has_letter is None or has_letter(ord(letter))


@cache
def _load_letters() -> Callable[[int], bool] | None:
    """Return a test for the letters of all fonts, None where fontconfig is not to be had.

    The calls and their types: fontconfig's reference, FcConfigGetFonts, FcPatternGetCharSet, FcCharSetMerge.
    """
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return None
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("FcConfigGetFonts", ctypes.POINTER(_FontSet), [pointer, ctypes.c_int]),
        ("FcPatternGetCharSet", ctypes.c_int, [pointer, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(pointer)]),
        ("FcCharSetCreate", pointer, []),
        ("FcCharSetMerge", ctypes.c_int, [pointer, pointer, pointer]),
        ("FcCharSetHasChar", ctypes.c_int, [pointer, ctypes.c_uint32]),
    ):
        call = getattr(fontconfig, name)
        call.restype, call.argtypes = result, arguments
    fontconfig.FcInit()
    letters = fontconfig.FcCharSetCreate()
    for which in (_SYSTEM_FONTS, _APPLICATION_FONTS):
        fonts = fontconfig.FcConfigGetFonts(None, which)
        for number in range(fonts.contents.count if fonts else 0):
            of_font = pointer()
            pattern = fonts.contents.patterns[number]
            if fontconfig.FcPatternGetCharSet(pattern, b"charset", 0, ctypes.byref(of_font)) == _FOUND:
                fontconfig.FcCharSetMerge(letters, of_font, None)
    return lambda code: bool(fontconfig.FcCharSetHasChar(letters, code))
