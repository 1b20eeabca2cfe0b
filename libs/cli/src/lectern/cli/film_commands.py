"""The commands that judge films: `film-check` and `sheet`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lectern.cli.options import Home, Json, Out, Url, run_command
from lectern.cli.runner.home import DEFAULT_HOME

Films = Annotated[
    list[str], typer.Argument(metavar="VIDEO.mp4|LESSON...", help="Films, lessons (.md), or names of bundled lessons.")
]

film_app = typer.Typer()


@film_app.command("film-check")
def check_films(films: Films, json: Json = False, url: Url = "", home: Home = DEFAULT_HOME) -> None:
    """Measure films: what stands still, is empty or small, leaves no pause. Lessons are made first, as drafts.

    Captions are read from the .vtt beside a film; those of `--captions karaoke` tell when each word begins. With
    the lesson beside it, as .md, motion is compared with the words that it starts on.
    """
    from lectern.cli import film_check

    run_command(lambda: film_check.check_films(films, url, home, json=json), json=json)


@film_app.command("sheet")
def draw_sheets(films: Films, out: Out = Path("."), url: Url = "", home: Home = DEFAULT_HOME) -> None:
    """Lay the ends of a film's sentences on one picture (PNG), with times and words. Lessons are made first."""
    from lectern.cli import film_sheet

    run_command(lambda: film_sheet.draw_sheets(films, out, url, home))
