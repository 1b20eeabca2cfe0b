"""What is done word by word: a component says what to play on which words, and the scene does as they are spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .spoken_words import find_phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenCue:
    """What is played when one of `phrases` is spoken; the longest phrases come first."""

    phrases: Sequence[str]
    play: Callable[[], Any]


class Following:
    """Cues to be played on their words: `self.play(eq.follow())`. Each cue is played at most once."""

    def __init__(self, cues: Sequence[SpokenCue]) -> None:
        self.cues = tuple(cues)

    def find_spoken(self, words: Sequence[str], after: int = 0) -> Iterator[tuple[str, SpokenCue]]:
        """Go through the phrases that are spoken among `words`, from index `after` on, in the order they are spoken."""
        left = list(self.cues)
        while left:
            found = [
                (index, -len(phrase.split()), number, phrase)
                for number, cue in enumerate(left)
                for phrase in cue.phrases
                if (index := find_phrase(phrase, words, after=after)) is not None and index >= after
            ]
            if not found:
                return
            index, _, number, phrase = min(found)
            after = index + 1
            yield phrase, left.pop(number)
