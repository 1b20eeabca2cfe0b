"""`lectern sheet`: the ends of a film's sentences on one picture, each with its time and its last words."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from lectern.cli.exit_status import OK
from lectern.cli.film_finding import find_films
from lectern.cli.film_reading import TIMEOUT_SECONDS, CaptionCue, measure_picture, read_cues
from lectern.media import FINISHED_VIDEO, FfmpegCommand, MediaInput, input_args, probe_media, run_ffmpeg

TILE_AREA = 480 * 270  # pixels
MOST_TILES = 48
EVEN_SECONDS = 4.0  # between pictures of a film without captions
JUST_BEFORE = 0.08  # seconds before a sentence ends, for the picture that it ends with
WORDS_TOLD = 6


async def draw_sheets(sources: Sequence[str], out: Path, url: str, home: Path) -> int:
    """Draw a sheet (PNG) for each film; lessons are made first. Raises CommandExit and ProcessFailed."""
    async for film in find_films(sources, url, home):
        (track,) = (await probe_media(film.video, FINISHED_VIDEO)).tracks("video")
        seconds = track.seconds
        moments = choose_moments(read_cues(film.captions), seconds)
        width, height = await measure_picture(film.video, TILE_AREA)
        target = (out / f"{film.name}.sheet.png").absolute()
        target.parent.mkdir(parents=True, exist_ok=True)
        command = build_sheet_command(film.video, moments, width=width, height=height, out=str(target))
        await run_ffmpeg(command, folder=target.parent, timeout=TIMEOUT_SECONDS)
        sys.stdout.write(f"{target}\n")
    return OK


def choose_moments(cues: Sequence[CaptionCue], seconds: float) -> list[tuple[float, str]]:
    """Choose the times of the pictures, in seconds, with the words to write below: the ends of sentences."""
    if not cues:
        count = max(1, min(MOST_TILES, int(seconds / EVEN_SECONDS)))
        return [((number + 0.5) * seconds / count, "") for number in range(count)]
    moments, said = [], list[str]()
    for cue in cues:
        said += cue.words
        if said and re.search(r"[.!?…][\"'”’)]*$", said[-1]):
            moments.append((max(0.0, min(cue.end, seconds) - JUST_BEFORE), " ".join(said[-WORDS_TOLD:])))
            said = []
    if said or not moments:
        moments.append((max(0.0, min(cues[-1].end, seconds) - JUST_BEFORE), " ".join(said[-WORDS_TOLD:])))
    step = math.ceil(len(moments) / MOST_TILES)
    return moments[::step]


def build_sheet_command(
    video: Path, moments: Sequence[tuple[float, str]], *, width: int, height: int, out: str
) -> FfmpegCommand:
    """Build the command that draws the pictures, each with its time and words, in rows on one picture."""
    inputs, chains = [], []
    for place, (at, words) in enumerate(moments):
        options = (("ss", f"{at:.3f}"), ("threads", 1))
        inputs += input_args(MediaInput(path=str(video), kind=FINISHED_VIDEO, options=options))
        # what these letters are not would mean something to ffmpeg
        text = "".join(each for each in f"{at:.1f} s  {words}" if each.isalnum() or each in " .-")
        label = f"drawtext=text={text}:font=Sans:fontsize={max(11, height // 17)}:fontcolor=white:x=6:y={height + 5}"
        picture = f"trim=end_frame=1,setpts=PTS-STARTPTS,scale={width}:{height}:flags=lanczos,setsar=1,format=rgb24"
        room = f"pad=iw:ih+{max(11, height // 17) + 12}:0:0:color=0x181818"
        chains.append(f"[{place}:v]{picture},{room},{label}[{place}]")
    columns = max(1, min(len(moments), round(math.sqrt(len(moments) * height / width * 16 / 9))))
    rows = -(-len(moments) // columns)
    joined = "".join(f"[{place}]" for place in range(len(moments)))
    tile = f"tile={columns}x{rows}:padding=6:margin=6:color=0x181818"
    graph = ";".join([*chains, f"{joined}concat=n={len(moments)}:v=1:a=0,{tile}[out]"])
    args = [*inputs, "-filter_complex", graph, "-map", "[out]", "-frames:v", "1", "-update", "1", "-c:v", "png"]
    return FfmpegCommand(args=(*args, "-f", "image2", out), writes=(out,), fonts=True)
