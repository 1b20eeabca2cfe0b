"""Media types of uploads by their first bytes.

Not the `filetype` package: it accepts a PNG by four bytes of eight, and misses MP3 frames with a checksum and MPEG-4
audio of brands other than M4A.
"""

from __future__ import annotations

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp")
AUDIO_TYPES = ("audio/mpeg", "audio/wav", "audio/flac", "audio/ogg", "audio/mp4")
_ALIASES = {
    **dict.fromkeys(("audio/mp3", "audio/x-mp3", "audio/x-mpeg"), "audio/mpeg"),
    **dict.fromkeys(("audio/x-wav", "audio/wave", "audio/vnd.wave"), "audio/wav"),
    **dict.fromkeys(("audio/opus", "audio/vorbis", "application/ogg", "audio/x-vorbis+ogg"), "audio/ogg"),
    **dict.fromkeys(("audio/x-m4a", "audio/m4a", "audio/mp4a-latm"), "audio/mp4"),
    "audio/x-flac": "audio/flac",
}


def normalize_media_type(declared: str) -> str:
    """The registered name of a media type that goes by several."""
    return _ALIASES.get(declared, declared)


def detect_media_type(data: bytes) -> str | None:
    """The media type of an image or of audio; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12])
    if data.startswith(b"fLaC"):
        return "audio/flac"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    # MPEG audio: a tag, or a frame's eleven set bits followed by layer III.
    if data.startswith(b"ID3") or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    return None
