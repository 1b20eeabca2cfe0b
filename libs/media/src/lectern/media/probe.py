"""Tracks, chapters and tags of a media file, as ffprobe reads them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lectern.media.ffmpeg import run_ffprobe
from lectern.media.inputs import InputKind, MediaInput

PROBE_TIMEOUT_SECONDS = 60.0


class MediaTrack(msgspec.Struct, frozen=True, kw_only=True, rename={"kind": "codec_type", "codec": "codec_name"}):
    """One track. Fields have ffprobe's names, except `kind` and `codec`."""

    kind: str
    codec: str = ""
    profile: str = ""
    width: int = 0
    height: int = 0
    pix_fmt: str = ""
    color_space: str = ""
    color_primaries: str = ""
    color_transfer: str = ""
    color_range: str = ""
    r_frame_rate: str = ""
    time_base: str = ""
    sample_rate: str = ""
    channels: int = 0
    start_time: str = "0"
    duration: str = "0"
    nb_read_packets: str = "0"
    extradata_hash: str = ""
    tags: dict[str, str] = {}

    @property
    def frames(self) -> int:
        """The number of frames in the file, counted rather than declared."""
        return int(self.nb_read_packets)

    @property
    def seconds(self) -> float:
        """The track's length."""
        return float(self.duration)


class MediaChapter(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter. Times in seconds, as text."""

    start_time: str
    end_time: str
    tags: dict[str, str] = {}


class MediaFormat(msgspec.Struct, frozen=True, kw_only=True):
    """The tags of the file as a whole."""

    tags: dict[str, str] = {}


class MediaFile(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of a media file."""

    streams: tuple[MediaTrack, ...] = ()
    chapters: tuple[MediaChapter, ...] = ()
    format: MediaFormat = MediaFormat()

    def tracks(self, kind: str) -> tuple[MediaTrack, ...]:
        """Returns the tracks of a kind: "video", "audio", "subtitle"."""
        return tuple(stream for stream in self.streams if stream.kind == kind)


async def probe_media(path: Path, kind: InputKind) -> MediaFile:
    """Reads a whole file as `kind` and describes its contents. Raises ProcessFailed if ffprobe cannot."""
    args = ["-show_format", "-show_streams", "-show_chapters", "-count_packets", "-show_data_hash", "md5"]
    source = MediaInput(path=path.name, kind=kind)
    found = await run_ffprobe(args, source, folder=path.parent, timeout=PROBE_TIMEOUT_SECONDS)
    return msgspec.json.decode(found, type=MediaFile)
