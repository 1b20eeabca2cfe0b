"""Measures the films of bundled lessons, and writes what they are now beside what they were before.

Run `make films`, or `make films NAME=seasons` for one. Each is made as a draft and measured by `lectern film-check`;
the figures go to `bench/measured/films.json`, those of lessons that are not named stay. With `--url` a Lectern that
runs makes them. The films stay in `out/films`. It exits with 1 where a film breaks a promise of docs/lessons.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lectern.lessons import load_lessons

MEASURED = Path(__file__).parents[1] / "bench/measured/films.json"
FILMS = Path("out/films")
STILL_SHARE, STILL_SECONDS = 0.25, 2.5
"""The most of the narrated time that may stand still, and the longest stretch in seconds."""
LONG_FILM_SECONDS = 60.0
COLUMNS = (
    "| lesson | s | still | longest still | empty | body | lead | long pauses |\n|---|---|---|---|---|---|---|---|"
)


def main(arguments: Sequence[str]) -> int:
    """Measure the films, keep the figures, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="lessons; all of them if none is named")
    parser.add_argument("--url", default="", help="a Lectern that runs already")
    given = parser.parse_args(arguments)
    kept: dict[str, Any] = json.loads(MEASURED.read_text())
    after = {film["film"]: film for film in kept.get("after", ())}
    lessons = [lesson.name for lesson in load_lessons()]
    for name in given.names or lessons:
        after[name] = measure(name, given.url)
        present = [after[each] for each in lessons if each in after]
        MEASURED.write_text(json.dumps({**kept, "after": present}, indent=1) + "\n")
    films = [after[each] for each in lessons if each in after]
    sys.stdout.write("\n".join([COLUMNS, *map(describe, films)]) + "\n")
    broken = [f"{film['film']}: {fault}" for film in films for fault in find_broken(film)]
    sys.stdout.write("".join(f"{each}\n" for each in broken))
    return 1 if broken else 0


def measure(name: str, url: str) -> dict[str, Any]:
    """Make a lesson's film and measure it."""
    folder = FILMS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lesson = folder / f"{name}.md"
    lesson.write_text(next(each.text for each in load_lessons() if each.name == name), encoding="utf-8")
    # Captions that say when each word begins tell how far motion leads the words.
    options = ["--quality", "draft", "--captions", "karaoke", "--out", str(folder), "--no-open"]
    run_lectern("make", str(lesson), *options, *(["--url", url] if url else []))
    (film,) = folder.glob("*.mp4")
    lesson.rename(film.with_suffix(".md"))
    measures: dict[str, Any] = json.loads(run_lectern("film-check", str(film), "--json").strip())
    return {**measures, "film": name}


def run_lectern(*arguments: str) -> str:
    """Run a command of Lectern; return what it prints. Raises CalledProcessError, with what it said on its way."""
    command = [sys.executable, "-m", "lectern.cli", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def describe(film: dict[str, Any]) -> str:
    """A film as a row of the table."""
    lead = "-" if film["lead"] is None else f"{film['lead']:+.2f} s"
    cells = (
        film["film"],
        f"{film['seconds']:.0f}",
        f"{film['still_share']:.0%}",
        f"{film['longest_still']} s",
        f"{film['empty_seconds']} s",
        f"{film['body_width']:.0%} x {film['body_height']:.0%}",
        lead,
        f"{film['long_pauses_a_minute']:.1f} a minute",
    )
    return "| " + " | ".join(cells) + " |"


def find_broken(film: dict[str, Any]) -> Iterator[str]:
    """The promises that a film breaks."""
    if film["still_share"] > STILL_SHARE:
        yield f"nothing moves for {film['still_share']:.0%} of the narrated time; at most {STILL_SHARE:.0%}"
    if film["longest_still"] > STILL_SECONDS:
        yield f"nothing moves for {film['longest_still']} s at {film['longest_still_at']} s; at most {STILL_SECONDS} s"
    if film["empty_seconds"] or film["first_frame_empty"]:
        yield f"the picture is empty for {film['empty_seconds']} s"
    if film["seconds"] > LONG_FILM_SECONDS and not film["long_pauses_a_minute"]:
        yield "there is no silence of 1.2 s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
