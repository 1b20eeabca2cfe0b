"""Width and height of an uploaded image, read from its header.

No image library: the gateway holds keys, so it decodes nothing that a stranger made. Pixels are first looked at in a
scene's sandbox.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_SIDE = 16_384  # pixels; WebP's own limit is one less
# Pixels of an image. A scene holds it as RGBA and copies it: some 600 MB beside 0.65 GB of libraries, in 2 GiB.
MAX_PIXELS = 50_000_000
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15; the others are tables (T.81, B.1)
_JPEG_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length


class ImageSize(NamedTuple):
    """Pixels."""

    width: int
    height: int


def read_image_size(data: bytes, media_type: str) -> ImageSize | None:
    """The size that an image's header states; None when there is no whole header, or it states none."""
    read = {"image/png": _read_png, "image/jpeg": _read_jpeg, "image/webp": _read_webp}[media_type]
    size = read(data)
    return size if size and size.width and size.height else None


def _read_png(data: bytes) -> ImageSize | None:
    """See the PNG specification, section 11.2.1: IHDR is the first chunk."""
    if data[8:16] != b"\0\0\0\rIHDR" or len(data) < 33:
        return None
    return ImageSize(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


def _read_jpeg(data: bytes) -> ImageSize | None:
    """The first frame header's: segments are skipped by their lengths (ITU T.81, section B.1.1)."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # fill
            place += 1
            continue
        if marker in _JPEG_ALONE:
            place += 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _JPEG_FRAMES:
            header = data[place + 5 : place + 9]
            whole = length >= 8 and len(header) == 4
            return ImageSize(int.from_bytes(header[2:], "big"), int.from_bytes(header[:2], "big")) if whole else None
        if length < 2:
            return None
        place += 2 + length
    return None


def _read_webp(data: bytes) -> ImageSize | None:
    """The canvas of an extended file, else the one frame's (RFC 9649, sections 2.5 to 2.7)."""
    if len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return ImageSize(int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
        case b"VP8L" if data[20] == 0x2F:
            bits = int.from_bytes(data[21:25], "little")
            return ImageSize((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 " if data[23:26] == b"\x9d\x01\x2a":
            width, height = int.from_bytes(data[26:28], "little"), int.from_bytes(data[28:30], "little")
            return ImageSize(width & 0x3FFF, height & 0x3FFF)
    return None
