"""The lessons that come with Lectern, as files of this package. Only their front matter is read here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from lectern.lessons import front_matter

WORDS_A_SECOND = 2.5  # 150 words a minute: an unhurried narrator
BEAT_PAUSE = 0.3  # seconds between two beats

_FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1`*~*\s*$", re.MULTILINE | re.DOTALL)
_SPOKEN_OTHERWISE = re.compile(r"^([^\n]+(?:\n[^\n]+)*?)\n?<!--\s*say:(.*?)-->", re.MULTILINE | re.DOTALL)
_NOT_SPOKEN = re.compile(r"^(?:#|\||[-*+]\s|\d+[.)]\s|!\[)")


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A finished lesson. `topics` are phrases it is found by, `seconds` an estimate of its video's length."""

    name: str
    title: str
    topics: tuple[str, ...]
    audience: str
    language: str
    seconds: float
    text: str


def catalogue() -> tuple[Lesson, ...]:
    """Every lesson that comes with Lectern, by name. Raises ValueError for a lesson file without a title."""
    folder = files("lectern.lessons") / "texts"
    if not folder.is_dir():
        return ()
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".md")), key=lambda entry: entry.name)
    return tuple(read_lesson(entry.name.removesuffix(".md"), entry.read_text(encoding="utf-8")) for entry in found)


def read_lesson(name: str, text: str) -> Lesson:
    """A lesson from its Markdown. Raises ValueError when it has no title, by which users would ask for it."""
    head = front_matter.read(text)
    title = head.one("title") or next(
        (line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# ")), ""
    )
    if not title:
        raise ValueError(f"lesson {name} has no title; write `title: …` in its front matter")
    return Lesson(
        name=name,
        title=title,
        topics=head.many("topics", ","),
        audience=head.one("audience") or "general",
        language=head.one("language") or "en",
        seconds=estimate_seconds("\n".join(text.split("\n")[head.lines :])),
        text=text,
    )


def estimate_seconds(body: str) -> float:
    """How long a lesson takes to speak, in seconds, from the words of its paragraphs."""
    spoken = _SPOKEN_OTHERWISE.sub(r"\2", _FENCED.sub("", body))
    spoken = re.sub(r"<!--.*?-->", "", spoken, flags=re.DOTALL)
    paragraphs = [
        block for block in re.split(r"\n\s*\n", spoken) if block.strip() and not _NOT_SPOKEN.match(block.strip())
    ]
    words = sum(len(block.split()) for block in paragraphs)
    return words / WORDS_A_SECOND + BEAT_PAUSE * len(paragraphs)
