"""`lectern film-check`: how much of a film moves, fills the frame and leaves a pause."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from lectern.cli.exit_status import OK
from lectern.cli.film_finding import find_films
from lectern.cli.film_reading import FPS, TIMEOUT_SECONDS, CaptionCue, find_cued_words, read_cues, read_frames
from lectern.cli.terminal import encode_json
from lectern.media import (
    FINISHED_VIDEO,
    find_empty,
    find_motion,
    measure_body,
    measure_lead,
    measure_loudness,
    measure_stillness,
    name_shape,
)

HEADINGS = ("film", "s", "words/min", "still", "longest still", "empty", "body", "lead", "pause", "LUFS / peak")
LETTER_SECONDS = 0.09  # that a letter of a word takes to be said, at an even pace
BREATH = 0.6  # seconds between captions that belong to the narrated time
LONG_PAUSE = 1.2  # seconds of silence in which an idea lands


class FilmMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of a film. Shares are of the narrated time, or of the whole film without captions; times in seconds.

    `body_width` and `body_height` are medians, as shares of the body. `lead` is the median time from a word to the
    motion that a scene starts on it, below 0 when it comes before; None where no such word is known.
    """

    film: str
    shape: str
    seconds: float
    words_a_minute: float | None
    still_share: float
    longest_still: float
    longest_still_at: float
    empty_seconds: float
    first_frame_empty: bool
    empty_stretches: int
    body_width: float
    body_height: float
    lead: float | None
    leads_measured: int
    longest_pause: float | None
    long_pauses_a_minute: float | None
    lufs: float
    peak: float


async def check_films(sources: Sequence[str], url: str, home: Path, *, json: bool) -> int:
    """Print the measures of films; lessons are made first. Raises CommandExit, ProcessFailed."""
    measured = []
    async for film in find_films(sources, url, home):
        frames = await read_frames(film.video)
        loudness = await measure_loudness(film.video, FINISHED_VIDEO, timeout=TIMEOUT_SECONDS)
        cues = read_cues(film.captions)
        measures = measure_film(film.name, frames, cues, find_cued_words(film.lesson, cues))
        measured.append(msgspec.structs.replace(measures, lufs=loudness.integrated, peak=loudness.peak))
        if json:
            sys.stdout.write(encode_json(msgspec.to_builtins(measured[-1])).decode() + "\n")
    if not json:
        Console(highlight=False, width=None if sys.stdout.isatty() else 160).print(_build_table(measured))
    return OK


def measure_film(
    name: str, frames: Sequence[npt.NDArray[np.uint8]], cues: Sequence[CaptionCue], cued: Sequence[float]
) -> FilmMeasures:
    """Measure a film by its frames at `FPS`, its captions, and the times of the words that start something.

    Frames are (3, height, width): what only changes its colour moves as well.
    """
    lumas = [frame[0] for frame in frames]
    moving, empty = find_motion(frames), find_empty(lumas)
    narrated = np.zeros(len(moving), dtype=bool)
    for cue, after in zip(cues, [*cues[1:], None], strict=True):
        lasts = after is not None and after.start - cue.end < BREATH
        narrated[round(cue.start * FPS) : round((after.start if after and lasts else cue.end) * FPS)] = True
    still = measure_stillness(moving, FPS, narrated if cues else np.ones(len(moving), dtype=bool))
    bodies = np.array([measure_body(frame) for frame in lumas[:: FPS // 3]])
    leads = [lead for lead in (measure_lead(moving, FPS, word) for word in cued) if lead is not None]
    seconds = len(frames) / FPS
    pauses = _find_pauses(cues)
    spoken = sum(len(cue.words) for cue in cues)
    return FilmMeasures(
        film=name,
        shape=name_shape(lumas[0]),
        seconds=round(seconds, 1),
        words_a_minute=round(spoken / seconds * 60) if cues else None,
        still_share=round(still.share, 3),
        longest_still=round(still.longest, 1),
        longest_still_at=round(still.at, 1),
        empty_seconds=round(float(empty.sum()) / FPS, 2),
        first_frame_empty=bool(empty[0]),
        empty_stretches=int(empty[0]) + int((empty[1:] & ~empty[:-1]).sum()),
        body_width=round(float(np.median(bodies[:, 0])), 2),
        body_height=round(float(np.median(bodies[:, 1])), 2),
        lead=round(statistics.median(leads), 2) if leads else None,
        leads_measured=len(leads),
        longest_pause=round(max(pauses, default=0.0), 2) if cues else None,
        long_pauses_a_minute=round(sum(pause >= LONG_PAUSE for pause in pauses) / seconds * 60, 2) if cues else None,
        lufs=0.0,
        peak=0.0,
    )


def _find_pauses(cues: Sequence[CaptionCue]) -> list[float]:
    """Return the silences between captions, in seconds.

    A caption may stay after its last word; where its beginning is known, its end is reckoned from its length.
    """
    ends = [
        min(cue.end, cue.starts[-1] + LETTER_SECONDS * len(cue.words[-1])) if cue.starts else cue.end for cue in cues
    ]
    return [after.start - end for end, after in zip(ends, cues[1:], strict=False)]


def _build_table(measured: Sequence[FilmMeasures]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "film" else "right")
    for each in measured:
        lead = "-" if each.lead is None else f"{each.lead:+.2f} s of {each.leads_measured}"
        pause = "-" if each.longest_pause is None else f"{each.longest_pause} s, {each.long_pauses_a_minute}/min"
        table.add_row(
            f"{each.film} {each.shape}",
            f"{each.seconds:.0f}",
            "-" if each.words_a_minute is None else str(each.words_a_minute),
            f"{each.still_share:.0%}",
            f"{each.longest_still} s at {each.longest_still_at}",
            f"{each.empty_seconds} s in {each.empty_stretches}" + (", first frame" if each.first_frame_empty else ""),
            f"{each.body_width:.0%} x {each.body_height:.0%}",
            lead,
            pause,
            f"{each.lufs:.1f} / {each.peak:.1f}",
        )
    return table
