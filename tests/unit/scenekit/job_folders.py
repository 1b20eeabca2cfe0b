"""Render jobs for tests: a folder with a scene and its narration."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av


def job_folder(
    folder: Path,
    code: str,
    *,
    beats: Sequence[tuple[float, str]],
    mode: str = "render",
    fps: int = 15,
    size: tuple[int, int] = (256, 144),
    **more: Any,
) -> Path:
    """Write a job folder. `beats` are (seconds, text); the words of a beat are spread evenly over it."""
    folder.mkdir(parents=True, exist_ok=True)
    start, spans, words = 0.0, [], []
    for index, (seconds, text) in enumerate(beats):
        spans.append({"start": start, "end": start + seconds, "text": text})
        parts = text.split()
        for number, part in enumerate(parts):
            at = start + seconds * number / len(parts)
            words.append({"text": part, "start": at, "end": at + seconds / len(parts), "beat": index})
        start += seconds
    job = {
        "mode": mode, "scene_class": None, "width": size[0], "height": size[1], "fps": fps, "seconds": start,
        "beats": spans, "words": words, "theme": "dark", "seed": 7,
        "encoder": {"preset": "ultrafast", "crf": 20, "threads": 1}, "tex": "none",
    }  # fmt: skip
    (folder / "job.json").write_text(json.dumps(job | more))
    (folder / "scene.py").write_text(textwrap.dedent(code).lstrip("\n"))
    return folder


def frames_of(path: Path) -> list[Any]:
    """Return the luma of every frame, as arrays (height, width)."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
