"""Render jobs of the bundled lessons' scenes, narrated by the engine that only knows how long reading aloud takes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scene_sources import write_sources

from lectern.contracts import script as s
from lectern.contracts.carrying import CodeNeeds, find_needs
from lectern.contracts.narration import Narration
from lectern.lessons import load_lessons
from lectern.markdown import parse
from lectern.voice.engines.silent import SilentEngine
from lectern.voice.layout import lay_out


@dataclass(frozen=True, kw_only=True)
class LessonScene:
    """A scene of a lesson that is code: its name, `lesson/number`, what it is run with, and its spoken texts."""

    name: str
    source: str
    needs: CodeNeeds
    texts: Sequence[str]


def list_lesson_scenes(lesson_name: str = "") -> Iterator[LessonScene]:
    """List the scenes of one lesson, or of all, that are code. Raises ValueError for a lesson that does not exist."""
    lessons = [each for each in load_lessons() if lesson_name in ("", each.name)]
    if not lessons:
        raise ValueError(f"no lesson is called {lesson_name!r}")
    for lesson in lessons:
        script = parse(lesson.text)
        for number, scene in enumerate(script.scenes, 1):
            if isinstance(scene.visual, s.Manim):
                source = scene.visual.source
                yield LessonScene(
                    name=f"{lesson.name}/{number}",
                    source=source,
                    needs=find_needs(script, number, source),
                    texts=[beat.spoken_text() for beat in scene.beats],
                )


def narrate(texts: Sequence[str]) -> Narration:
    """Time the texts by reading speed."""
    speech = asyncio.run(SilentEngine().speak(tuple(texts), "silent", "", 1.0))
    laid = lay_out(tuple(s.Beat(text=text) for text in texts), speech.passages)
    return Narration(
        seconds=laid.seconds, samples=laid.samples, words=laid.words, beats=laid.beats, voice="silent", engine="silent",
        timing="estimated",
    )  # fmt: skip


def write_job(folder: Path, source: str, needs: CodeNeeds, settings: dict[str, Any]) -> None:
    """Write a job folder. LaTeX is not used."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_text(json.dumps({**settings, "tex": "none"}))
    write_sources(folder, source, needs)
