"""The style of captions drawn into the picture: the theme's colours, a font for each script, sizes for each aspect."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from lectern.contracts.quality import Aspect
from lectern.language.tags import script
from lectern.theme import apply_brand, rgb

Colour = tuple[int, int, int]


class Font(msgspec.Struct, frozen=True, kw_only=True):
    """A font. Renderers take its size to be the height of its line: `height` ems, `descent` of them below the baseline.

    `scale` evens out how large fonts look at the same em.
    """

    name: str
    height: float
    descent: float
    scale: float = 1.0

    def size(self, em: float) -> float:
        """Returns the font size that gives letters as large as other fonts' of `em` pixels."""
        return round(em * self.scale * self.height, 1)


class CaptionStyle(msgspec.Struct, frozen=True, kw_only=True):
    """Colours as RGB; lengths in pixels of a picture of `width` by `height`.

    `script` (ISO 15924) is the language's; `em` the size of the letters, `leading` from baseline to baseline, `bottom`
    from the last baseline to the picture's edge.
    """

    width: int
    height: int
    text: Colour
    spoken: Colour
    outline: Colour
    script: str
    em: float
    leading: float
    bottom: float

    @property
    def max_line_width(self) -> float:
        """The widest a line may be: the picture less margins of 5 % on both sides."""
        return self.width * 0.9

    def font(self, script: str = "") -> Font:
        """Returns the font for a script, by default the language's own."""
        return FONTS[script or self.script]


# Heights and descents are usWinAscent and usWinDescent of the fonts' OS/2 tables.
FONTS: dict[str, Font] = {
    "Latn": Font(name="Inter Semi Bold", height=1.210, descent=0.241),
    "Arab": Font(name="Noto Sans Arabic", height=2.112, descent=0.738, scale=1.2),
    "Hebr": Font(name="Noto Sans Hebrew", height=1.360, descent=0.292, scale=1.1),
    "Deva": Font(name="Noto Sans Devanagari", height=1.304, descent=0.408, scale=1.1),
    "Beng": Font(name="Noto Sans Bengali", height=1.325, descent=0.408, scale=1.1),
    "Taml": Font(name="Noto Sans Tamil", height=1.240, descent=0.370, scale=1.05),
    "Thai": Font(name="Noto Sans Thai", height=1.511, descent=0.450, scale=1.1),
    "Hans": Font(name="Noto Sans CJK SC", height=1.448, descent=0.288, scale=1.05),
    "Hant": Font(name="Noto Sans CJK TC", height=1.448, descent=0.288, scale=1.05),
    "Jpan": Font(name="Noto Sans CJK JP", height=1.448, descent=0.288, scale=1.05),
    "Kore": Font(name="Noto Sans CJK KR", height=1.448, descent=0.288, scale=1.05),
}
FULL_WIDTH_SCRIPTS = frozenset(("Hans", "Hant", "Jpan", "Kore"))

# Em, leading and the last baseline above the edge, as parts of the shorter edge. Scenes leave their lowest 12 % free,
# in an upright picture 29 %: two lines fit. In an upright one Shorts, Reels and TikTok draw over the lowest fifth.
_SIZES: dict[Aspect, tuple[float, float, float]] = {
    "16:9": (0.044, 0.055, 0.034),
    "1:1": (0.046, 0.058, 0.036),
    "9:16": (0.056, 0.072, 0.391),
}


def style_for(
    aspect: Aspect,
    theme: str,
    language: str,
    *,
    width: int,
    height: int,
    colours: Mapping[str, str] = MappingProxyType({}),
) -> CaptionStyle:
    """Returns the style for a picture of this shape and size, in a theme and a BCP-47 language.

    The word being spoken has the accent colour. Text on its outline has a contrast of 15 : 1 and more, the
    spoken word of 5 : 1 and more.
    """
    palette = apply_brand(theme, colours)
    em, leading, bottom = (part * min(width, height) for part in _SIZES[aspect])
    return CaptionStyle(
        width=width,
        height=height,
        text=rgb(palette.text),
        spoken=rgb(palette.accent),
        outline=rgb(palette.background),
        script=font_script(language),
        em=em,
        leading=leading,
        bottom=bottom,
    )


def font_script(language: str) -> str:
    """Returns the ISO 15924 script that decides a BCP-47 language's font: `Latn` for scripts that share its font."""
    code = script(language)
    return code if code in FONTS else "Latn"


def adjust_for_burning(style: CaptionStyle) -> CaptionStyle:
    """Returns the style with colours to ask ffmpeg for: it draws with the matrix of BT.601 into pictures of BT.709.

    Orange would come out redder. A colour asked for is the one that has, by BT.601, the luma and chroma of the intended
    colour by BT.709; parts below 0 or above 255 are cut.
    """
    return msgspec.structs.replace(
        style, text=_to_bt601(style.text), spoken=_to_bt601(style.spoken), outline=_to_bt601(style.outline)
    )


def _to_bt601(colour: Colour) -> Colour:
    luma = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
    red = luma + (colour[0] - luma) / 1.5748 * 1.402
    blue = luma + (colour[2] - luma) / 1.8556 * 1.772
    green = (luma - 0.299 * red - 0.114 * blue) / 0.587
    return _to_byte(red), _to_byte(green), _to_byte(blue)


def _to_byte(part: float) -> int:
    return min(255, max(0, round(part)))
