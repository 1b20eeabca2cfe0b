"""Chapters and title, as ffmpeg reads them."""

from __future__ import annotations

import re

from lectern.composer.timeline import VideoTimeline


def format_ffmetadata(title: str, timeline: VideoTimeline) -> str:
    """Formats the video's title and a chapter for each scene as an ffmetadata file (ffmpeg-formats, "Metadata")."""
    lines = [";FFMETADATA1", f"title={_escape(title)}"]
    for span in timeline.spans:
        lines += [
            "[CHAPTER]",
            f"TIMEBASE=1/{timeline.fps}",
            f"START={span.start}",
            f"END={span.end}",
            f"title={_escape(span.title)}",
        ]
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return re.sub(r"([=;#\\])", r"\\\1", " ".join(text.split()))
