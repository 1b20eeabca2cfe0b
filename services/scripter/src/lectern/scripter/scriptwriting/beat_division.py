"""Dividing a long beat in even parts, and its note on what to draw along with it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from lectern.language.sentences import sentences
from lectern.language.words import count_words

GOES_ON = "(goes on)"  # before a note that its beat shares with the one before


def divide_evenly(weights: Sequence[float], parts: int, longest: int = 0) -> list[tuple[int, int]]:
    """Start and end of `parts` runs of weights, as equal as can be; no run has more than `longest` items (0: any).

    Raises ValueError for fewer weights than parts, or more than `parts * longest`.
    """
    count, limit = len(weights), longest or len(weights)
    if not parts <= count <= parts * limit:
        raise ValueError(f"{count} items do not make {parts} runs of at most {limit}")
    total = [0.0, *accumulate(weights)]
    # best[n] is (sum of squares, where the last run starts) of the first n items in as many runs as rounds so far.
    best = {0: (0.0, 0)}
    rounds: list[dict[int, tuple[float, int]]] = []
    for _ in range(parts):
        best = {
            end: min(
                (best[start][0] + (total[end] - total[start]) ** 2, start)
                for start in range(max(0, end - limit), end)
                if start in best
            )
            for end in range(1, count + 1)
            if any(start in best for start in range(max(0, end - limit), end))
        }
        rounds.append(best)
    runs: list[tuple[int, int]] = []
    end = count
    for choices in reversed(rounds):
        start = choices[end][1]
        runs.append((start, end))
        end = start
    return runs[::-1]


def divide_note(note: str, parts: int, language: str) -> list[str]:
    """A note for each part of its beat: its sentences in order, or all of it again where it has too few."""
    if not note:
        return [""] * parts
    pieces = sentences(note, language)
    if len(pieces) < parts:
        return [note, *[f"{GOES_ON} {note}"] * (parts - 1)]
    runs = divide_evenly([count_words(piece) for piece in pieces], parts)
    return [" ".join(pieces[start:end]) for start, end in runs]


def shorten_note(note: str, characters: int, language: str) -> str:
    """The first sentences of a note, as many as fit; one that is too long is cut between words, with an ellipsis."""
    if len(note) <= characters:
        return note
    kept = ""
    for sentence in sentences(note, language):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > characters:
            break
        kept = longer
    return kept or note[: characters - 1].rpartition(" ")[0].rstrip(",;: ") + "…"
