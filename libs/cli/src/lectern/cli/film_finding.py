"""The films that a command is given: files, or lessons, which are made first, as drafts."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from lectern.cli.display import choose_display
from lectern.cli.document import is_file_name
from lectern.cli.exit_status import OK, USAGE, command_exit
from lectern.cli.make import MakeArguments, make
from lectern.lessons import load_lessons

CHECK_PATH = "Check the path."
DRAFT = {"quality": "draft", "captions": "karaoke"}  # whose captions say when each word begins


class Film(msgspec.Struct, frozen=True, kw_only=True):
    """A finished film, its captions in WebVTT, and the lesson it was made from; texts are empty where there is none."""

    name: str
    video: Path
    captions: str = ""
    lesson: str = ""


async def find_films(sources: Sequence[str], url: str, home: Path) -> AsyncIterator[Film]:
    """Find each film, and make those that are lessons. Raises CommandExit for a name that is neither."""
    for source in sources:
        path = Path(source)
        if path.suffix.lower() == ".mp4":
            yield _read_film(path, path.stem)
            continue
        lesson = _find_lesson(source)
        with tempfile.TemporaryDirectory(prefix="lectern-film-") as folder:
            file = Path(folder) / f"{path.stem}.md"
            file.write_text(lesson, encoding="utf-8")
            arguments = MakeArguments(
                source=str(path if is_file_name(source) else file),
                brief={},
                options=DRAFT,
                lane="fast",
                out=Path(folder),
                show=False,
            )
            status = await make(arguments, url, home, choose_display(json=False))
            yield _find_made(Path(folder), status, lesson, path.stem)


def _find_lesson(source: str) -> str:
    if is_file_name(source):
        path = Path(source)
        if not path.is_file():
            raise command_exit(USAGE, "no-lesson", "There is no such lesson", f"{path}: no such file.", CHECK_PATH)
        return path.read_text(encoding="utf-8")
    lessons = {lesson.name: lesson.text for lesson in load_lessons()}
    if source not in lessons:
        raise command_exit(
            USAGE,
            "no-lesson",
            "There is no such lesson",
            f"{source!r} is neither a film (.mp4), nor a lesson (.md), nor bundled.",
            f"Bundled are {', '.join(lessons)}.",
        )
    return lessons[source]


def _find_made(folder: Path, status: int, lesson: str, name: str) -> Film:
    videos = sorted(folder.glob("*.mp4"))
    if status != OK or not videos:
        raise command_exit(
            status, "not-made", "The lesson was not made", f"{name} did not become a film.", "See above."
        )
    return msgspec.structs.replace(_read_film(videos[0], name), lesson=lesson)


def _read_film(video: Path, name: str) -> Film:
    """Read a film's captions and lesson, if they lie beside it."""
    if not video.is_file():
        raise command_exit(USAGE, "no-film", "There is no such film", f"{video}: no such file.", CHECK_PATH)
    captions, lesson = (_read_beside(video, suffix) for suffix in (".vtt", ".md"))
    return Film(name=name, video=video.absolute(), captions=captions, lesson=lesson)


def _read_beside(video: Path, suffix: str) -> str:
    file = video.with_suffix(suffix)
    return file.read_text(encoding="utf-8") if file.is_file() else ""
