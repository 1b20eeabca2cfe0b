"""How captions drawn into the picture look: colours for each theme, a font for each script, sizes for each shape."""

from __future__ import annotations

import msgspec

from lectern.contracts.quality import Aspect

Colour = tuple[int, int, int]


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """A font. Renderers count its size by its line: `tall` ems, `descent` of them below the baseline.

    `scale` evens out how large fonts look at the same em.
    """

    name: str
    tall: float
    descent: float
    scale: float = 1.0

    def size(self, em: float) -> float:
        """What to ask for to get letters as large as other fonts' of `em` pixels."""
        return round(em * self.scale * self.tall, 1)


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Colours as RGB; lengths in pixels of a picture of `width` by `height`.

    `script` (ISO 15924) is the language's; `em` the size of the letters, `leading` from baseline to baseline, `bottom`
    from the last baseline to the picture's edge.
    """

    width: int
    height: int
    text: Colour
    spoken: Colour
    edge: Colour
    script: str
    em: float
    leading: float
    bottom: float

    @property
    def room(self) -> float:
        """The widest a line may be: what is left of the picture by margins of 5 % on both sides."""
        return self.width * 0.9

    def face(self, script: str = "") -> Face:
        """The font for a script; for the language's own without one."""
        return FACES[script or self.script]


# Text, spoken word and edge; the themes' own text, accent and background, so captions belong to the picture. Text on
# edge has a contrast of 15 : 1 and more, the spoken word of 5 : 1 and more.
_COLOURS: dict[str, tuple[Colour, Colour, Colour]] = {
    "dark": ((0xF3, 0xF6, 0xFB), (0xFF, 0xB7, 0x50), (0x10, 0x14, 0x1F)),
    "light": ((0x18, 0x20, 0x33), (0xA6, 0x52, 0x00), (0xFB, 0xFA, 0xF6)),
}

# Heights and descents are usWinAscent and usWinDescent of the fonts' OS/2 tables.
FACES: dict[str, Face] = {
    "Latn": Face(name="Inter Semi Bold", tall=1.210, descent=0.241),
    "Arab": Face(name="Noto Sans Arabic", tall=2.112, descent=0.738, scale=1.2),
    "Hebr": Face(name="Noto Sans Hebrew", tall=1.360, descent=0.292, scale=1.1),
    "Deva": Face(name="Noto Sans Devanagari", tall=1.304, descent=0.408, scale=1.1),
    "Beng": Face(name="Noto Sans Bengali", tall=1.325, descent=0.408, scale=1.1),
    "Taml": Face(name="Noto Sans Tamil", tall=1.240, descent=0.370, scale=1.05),
    "Thai": Face(name="Noto Sans Thai", tall=1.511, descent=0.450, scale=1.1),
    "Hans": Face(name="Noto Sans CJK SC", tall=1.448, descent=0.288, scale=1.05),
    "Hant": Face(name="Noto Sans CJK TC", tall=1.448, descent=0.288, scale=1.05),
    "Jpan": Face(name="Noto Sans CJK JP", tall=1.448, descent=0.288, scale=1.05),
    "Kore": Face(name="Noto Sans CJK KR", tall=1.448, descent=0.288, scale=1.05),
}
WIDE = frozenset(("Hans", "Hant", "Jpan", "Kore"))
_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "sd", "ug", "ckb"), "Arab"),
    **dict.fromkeys(("he", "iw", "yi"), "Hebr"),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), "Deva"),
    "bn": "Beng",
    "ta": "Taml",
    "th": "Thai",
    "zh": "Hans",
    "yue": "Hant",
    "ja": "Jpan",
    "ko": "Kore",
}
_TRADITIONAL = {"tw", "hk", "mo"}

# Em, leading and the last baseline above the edge, as parts of the shorter edge. Scenes leave their lowest 12 % free:
# two lines fit. In an upright picture players draw buttons over the lowest tenth.
_SIZES: dict[Aspect, tuple[float, float, float]] = {
    "16:9": (0.044, 0.055, 0.034),
    "1:1": (0.046, 0.058, 0.036),
    "9:16": (0.056, 0.072, 0.110),
}


def look(aspect: Aspect, theme: str, language: str, *, width: int, height: int) -> Look:
    """The look for a picture of this shape and size, in a theme (`dark` or `light`) and a BCP-47 language."""
    text, spoken, edge = _COLOURS.get(theme, _COLOURS["dark"])
    em, leading, bottom = (part * min(width, height) for part in _SIZES[aspect])
    return Look(
        width=width,
        height=height,
        text=text,
        spoken=spoken,
        edge=edge,
        script=script_of(language),
        em=em,
        leading=leading,
        bottom=bottom,
    )


def for_burning(look: Look) -> Look:
    """The look in the colours to ask ffmpeg for: it draws with the matrix of BT.601 into pictures of BT.709.

    Orange would come out redder. A colour asked for is the one that has, by BT.601, the luma and chroma which the
    colour wanted has by BT.709; parts below 0 or above 255 are cut.
    """
    return msgspec.structs.replace(look, text=_by_601(look.text), spoken=_by_601(look.spoken), edge=_by_601(look.edge))


def _by_601(colour: Colour) -> Colour:
    luma = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
    red = luma + (colour[0] - luma) / 1.5748 * 1.402
    blue = luma + (colour[2] - luma) / 1.8556 * 1.772
    green = (luma - 0.299 * red - 0.114 * blue) / 0.587
    return _byte(red), _byte(green), _byte(blue)


def _byte(part: float) -> int:
    return min(255, max(0, round(part)))


def script_of(language: str) -> str:
    """The ISO 15924 script a BCP-47 language is written in, `Latn` where it makes no difference here."""
    first, *more = language.replace("_", "-").lower().split("-")
    named = next((part.title() for part in more if part.title() in FACES), None)
    if named is None and first == "zh" and _TRADITIONAL & set(more):
        return "Hant"
    return named or _SCRIPTS.get(first, "Latn")
