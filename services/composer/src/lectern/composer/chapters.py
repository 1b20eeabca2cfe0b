"""Chapters and title, in the form ffmpeg reads them."""

from __future__ import annotations

import re

from lectern.composer.timeline import Timeline


def ffmetadata(title: str, timeline: Timeline) -> str:
    """The video's title and a chapter for each scene, as an ffmetadata file (ffmpeg-formats, "Metadata")."""
    lines = [";FFMETADATA1", f"title={_escaped(title)}"]
    for span in timeline.spans:
        lines += [
            "[CHAPTER]",
            f"TIMEBASE=1/{timeline.fps}",
            f"START={span.start}",
            f"END={span.end}",
            f"title={_escaped(span.title)}",
        ]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\])", r"\\\1", " ".join(text.split()))
