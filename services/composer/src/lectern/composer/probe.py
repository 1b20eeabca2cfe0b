"""What a media file holds, as ffprobe reads it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lectern.media.process import run_process

PROBE_SECONDS = 60.0


class Stream(msgspec.Struct, frozen=True, kw_only=True, rename={"kind": "codec_type", "codec": "codec_name"}):
    """One track. Fields are named as ffprobe names them, but for `kind` and `codec`."""

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
    sample_rate: str = ""
    channels: int = 0
    start_time: str = "0"
    duration: str = "0"
    nb_frames: str = "0"
    nb_read_packets: str = "0"
    extradata_hash: str = ""
    tags: dict[str, str] = {}

    @property
    def frames(self) -> int:
        """How many frames the track really holds."""
        return int(self.nb_read_packets)

    @property
    def seconds(self) -> float:
        """The track's length."""
        return float(self.duration)


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter. Times in seconds, as text."""

    start_time: str
    end_time: str
    tags: dict[str, str] = {}


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """The file as a whole."""

    duration: str = "0"
    tags: dict[str, str] = {}


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A media file."""

    streams: tuple[Stream, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    format: Container = Container()

    def tracks(self, kind: str) -> tuple[Stream, ...]:
        """The tracks of a kind: "video", "audio", "subtitle"."""
        return tuple(stream for stream in self.streams if stream.kind == kind)


async def probe(path: Path) -> Media:
    """Reads a file to its end and tells what it holds. Raises ProcessFailed when ffprobe cannot read it."""
    argv = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters"]
    argv += ["-count_packets", "-show_data_hash", "md5", str(path)]
    out, _ = await run_process(argv, timeout=PROBE_SECONDS)
    return msgspec.json.decode(out, type=Media)
