"""Media files: ffmpeg, ffprobe and other programs with a time limit, stills, loudness, sample rates."""

from lectern.media.ffmpeg import (
    GraphOutput,
    GraphStream,
    combine_streams,
    graph_args,
    open_stream,
    read_from_ffmpeg,
    run_ffmpeg,
    run_ffprobe,
    write_stream,
)
from lectern.media.footage_boxes import FootageRefused, FootageTables, bound_footage_bytes, check_footage
from lectern.media.loudness import (
    Levels,
    Loudness,
    apply_levels,
    encode_at_target,
    fit_length,
    loudness_filters,
    measure_loudness,
    parse_loudness,
)
from lectern.media.probe import MediaFile, MediaTrack, probe_media
from lectern.media.process import ProcessFailed, run_process
from lectern.media.resampling import resample
from lectern.media.stills import Shot, stills_args

__all__ = [
    "FootageRefused",
    "FootageTables",
    "GraphOutput",
    "GraphStream",
    "Levels",
    "Loudness",
    "MediaFile",
    "MediaTrack",
    "ProcessFailed",
    "Shot",
    "apply_levels",
    "bound_footage_bytes",
    "check_footage",
    "combine_streams",
    "encode_at_target",
    "fit_length",
    "graph_args",
    "loudness_filters",
    "measure_loudness",
    "open_stream",
    "parse_loudness",
    "probe_media",
    "read_from_ffmpeg",
    "resample",
    "run_ffmpeg",
    "run_ffprobe",
    "run_process",
    "stills_args",
    "write_stream",
]
