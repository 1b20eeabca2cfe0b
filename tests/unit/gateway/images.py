"""Images for tests of uploads."""

from __future__ import annotations

import io
import zlib
from typing import Any

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def make_png(width: int = 1, height: int = 1) -> bytes:
    """A grey PNG. Beyond a thousand pixels its data is cut: only its header says how large it is."""
    rows = (b"\0" + bytes(width)) * height if width * height <= 1000 else b""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in chunks
    )


FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "PNG": ("image/png", {}),
    "JPEG": ("image/jpeg", {}),
    "progressive JPEG": ("image/jpeg", {"progressive": True}),
    "JPEG with a comment": ("image/jpeg", {"comment": b"x" * 60_000}),
    "WebP": ("image/webp", {}),
    "lossless WebP": ("image/webp", {"lossless": True}),
    "WebP with an extended header": ("image/webp", {"exif": b"Exif\0\0"}),
}


def make_image(form: str, width: int, height: int) -> tuple[bytes, str]:
    """An image as a real encoder writes it, and its media type."""
    media_type, options = FORMS[form]
    written = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(written, media_type.partition("/")[2], **options)
    return written.getvalue(), media_type
