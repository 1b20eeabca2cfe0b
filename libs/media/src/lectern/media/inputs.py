"""What a program may read an input as: the one place that writes ffmpeg's `-i`.

ffmpeg guesses a file's format from its content, and some formats name other files. So every input says what it is.
"""

from __future__ import annotations

import msgspec


class InputKind(msgspec.Struct, frozen=True, kw_only=True):
    """The demuxers, decoders and protocols that may read an input. `forced` is the demuxer, where it is known.

    Names are those of ffmpeg's `-format_whitelist`, `-codec_whitelist` and `-protocol_whitelist`.
    """

    demuxers: tuple[str, ...]
    decoders: tuple[str, ...]
    protocols: tuple[str, ...] = ("file",)
    forced: str = ""


_NO_DECODER = ("none",)  # an empty list would allow all

FOOTAGE = InputKind(demuxers=("mov",), decoders=("h264",), forced="mov")
FOOTAGE_LIST = InputKind(demuxers=("concat", "mov"), decoders=("h264",), forced="concat")
FINISHED_VIDEO = InputKind(demuxers=("mov",), decoders=("h264", "aac", "mov_text"), forced="mov")
M4A = InputKind(demuxers=("mov",), decoders=("aac",), forced="mov")
FLAC = InputKind(demuxers=("flac",), decoders=("flac",), forced="flac")
PCM = InputKind(demuxers=("s16le",), decoders=("pcm_s16le",), forced="s16le")
RAW_PICTURES = InputKind(demuxers=("rawvideo",), decoders=("rawvideo",), forced="rawvideo")
WEBVTT = InputKind(demuxers=("webvtt",), decoders=("webvtt",), forced="webvtt")
METADATA = InputKind(demuxers=("ffmetadata",), decoders=_NO_DECODER, forced="ffmetadata")
# What uploaded music may be: "mov" reads M4A.
MUSIC = InputKind(
    demuxers=("mp3", "wav", "flac", "ogg", "mov"),
    decoders=(
        *("mp3", "mp3float", "flac", "vorbis", "libvorbis", "opus", "libopus", "aac", "alac"),
        *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"),
    ),
)


class MediaInput(msgspec.Struct, frozen=True, kw_only=True):
    """A file, relative to the working folder or absolute, what it may be read as, and ffmpeg's options for reading it.

    An option without a value is `None`.
    """

    path: str
    kind: InputKind
    options: tuple[tuple[str, str | int | None], ...] = ()


def restrict_input(source: MediaInput) -> dict[str, str | int | None]:
    """Returns all of an input's options, its restrictions among them, by name."""
    kind = source.kind
    return {
        **({"f": kind.forced} if kind.forced else {}),
        "protocol_whitelist": ",".join(kind.protocols),
        "format_whitelist": ",".join(kind.demuxers),
        "codec_whitelist": ",".join(kind.decoders),
        **dict(source.options),
    }


def input_args(source: MediaInput) -> list[str]:
    """Builds the arguments that open an input."""
    options = restrict_input(source).items()
    return [*(arg for name, value in options for arg in _option(name, value)), "-i", source.path]


def _option(name: str, value: str | int | None) -> list[str]:
    return [f"-{name}"] if value is None else [f"-{name}", str(value)]
