"""The lessons that come with Lectern, as files of this package. Only their front matter and narration are read here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from lectern.language.words import count_words
from lectern.markdown import limits, narration, read_front_matter, silence

BEAT_PAUSE_SECONDS = 0.5  # with the longer pauses between scenes, shared out over the beats


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A finished lesson. `topics` are phrases to find it by."""

    name: str
    title: str
    topics: tuple[str, ...]
    audience: str
    language: str
    text: str

    @cached_property
    def seconds(self) -> float:
        """The estimated length of its video. Reckoned when it is asked for, as the whole text is read for it."""
        return estimate_seconds(self.text)


def load_lessons() -> tuple[Lesson, ...]:
    """Load every lesson that comes with Lectern, sorted by name. Raises ValueError for a lesson without a title."""
    return _load_folder("texts")


def load_studies() -> tuple[Lesson, ...]:
    """Load the studies, sorted by name: lessons of one scene, drawn for their craft, as examples for whoever draws.

    No topic leads to them. Raises ValueError for a study without a title.
    """
    return _load_folder("studies")


def read_lesson(name: str, text: str) -> Lesson:
    """Read a lesson from its Markdown. Raises ValueError when it has no title: nobody could ask for it."""
    head = read_front_matter(text)
    title = head.first("title") or next(
        (line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# ")), ""
    )
    if not title:
        raise ValueError(f"lesson {name} has no title; write `title: …` in its front matter")
    return Lesson(
        name=name,
        title=title,
        topics=head.split("topics", ","),
        audience=head.first("audience") or "general",
        language=head.first("language") or "en",
        text=text,
    )


def estimate_seconds(text: str) -> float:
    """Estimate how long a lesson takes to speak, in seconds, from the words of its narration."""
    beats = narration(text)
    return sum(map(count_words, beats)) / limits.WORDS_PER_SECOND + BEAT_PAUSE_SECONDS * len(beats) + silence(text)


def _load_folder(name: str) -> tuple[Lesson, ...]:
    folder = files("lectern.lessons") / name
    if not folder.is_dir():
        return ()
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".md")), key=lambda entry: entry.name)
    return tuple(read_lesson(entry.name.removesuffix(".md"), entry.read_text(encoding="utf-8")) for entry in found)
