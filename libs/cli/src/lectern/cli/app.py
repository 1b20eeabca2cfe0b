"""The commands and their options. What they do lies in the modules named after them, imported when they are called:
`--help` should not wait for clients of servers it does not talk to."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from lectern.cli.display import JsonLines, print_problem
from lectern.cli.exits import CANCELLED, FAILED, OK, Stop
from lectern.contracts.options import MUSIC
from lectern.contracts.quality import ASPECTS, QUALITIES

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Turns a topic or a Markdown lesson into a narrated, captioned, animated video.",
    epilog="Exit status: **0** done, **1** the video failed or a check did, **2** input or usage, "
    "**3** something needed is not there, **130** cancelled.",
)
dead_app = typer.Typer(no_args_is_help=True, help="Messages no worker could process: look at them, put them back.")
app.add_typer(dead_app, name="dead")

Quality = StrEnum("Quality", {name: name for name in QUALITIES})  # type: ignore[misc]
Aspect = StrEnum("Aspect", {name: name for name in ASPECTS})  # type: ignore[misc]


class Captions(StrEnum):
    """How captions look."""

    plain = "plain"
    karaoke = "karaoke"
    off = "off"


class Theme(StrEnum):
    """Colours of the picture."""

    dark = "dark"
    light = "light"


class Lane(StrEnum):
    """Which queue."""

    fast = "fast"
    bulk = "bulk"


Home = Annotated[
    Path,
    typer.Option(
        envvar="LECTERN_HOME", show_default="~/.local/share/lectern", help="Where this machine's Lectern lives."
    ),
]
Url = Annotated[
    str, typer.Option(envvar="LECTERN_URL", show_default=False, help="A Lectern to use instead of this machine's.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, for programs.")]
DEFAULT_HOME = Path("~/.local/share/lectern")


@app.command()
def make(
    source: Annotated[str, typer.Argument(metavar="TOPIC|FILE.md", help="A question, or a lesson in Markdown.")],
    out: Annotated[Path, typer.Option(help="Folder for the finished files.")] = Path("."),
    quality: Annotated[Quality | None, typer.Option(help="480p15, 720p30, 1080p60, 2160p60.")] = None,
    aspect: Annotated[Aspect | None, typer.Option(help="Shape of the frame.")] = None,
    voice: Annotated[str | None, typer.Option(help="A voice, or a locale such as en-GB.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.5, max=2.0, help="Pace of the voice; 1 is its own.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the narration (BCP-47).")] = None,
    captions: Annotated[Captions | None, typer.Option(help="How captions look.")] = None,
    burn_captions: Annotated[bool, typer.Option("--burn-captions", help="Draw captions into the picture.")] = False,
    music: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help=f"Music beneath the voice: {', '.join(MUSIC)}, or a file.")
    ] = None,
    theme: Annotated[Theme | None, typer.Option(help="Colours.")] = None,
    audience: Annotated[str | None, typer.Option(help="Whom to explain it to.")] = None,
    seconds: Annotated[int | None, typer.Option(min=0, max=900, help="Wished length.")] = None,
    scenes: Annotated[int | None, typer.Option(min=0, max=20, help="Wished number of scenes.")] = None,
    tone: Annotated[str | None, typer.Option(help="How it should sound, such as warm.")] = None,
    dialogue: Annotated[bool, typer.Option("--dialogue", help="Two voices that talk, in place of one.")] = False,
    search: Annotated[bool, typer.Option("--search", help="Look the topic up first, and cite what was found.")] = False,
    critique: Annotated[
        bool, typer.Option("--critique", help="A vision model looks at each scene that a model drew.")
    ] = False,
    max_cost: Annotated[
        float | None, typer.Option(min=0.0, metavar="USD", help="Stop before models and voices cost more.")
    ] = None,
    review: Annotated[bool, typer.Option("--review", help="Edit and approve the script first ($EDITOR).")] = False,
    lane: Annotated[Lane, typer.Option(help="bulk waits for everything in fast.")] = Lane.fast,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Show the video when it is done.")] = True,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Make a video.

    Uses the Lectern that runs on this machine, or starts one for the time it takes. Ctrl-C cancels the video.
    """
    from lectern.cli.display import choose
    from lectern.cli.make import Order
    from lectern.cli.make import make as run

    given: dict[str, Any] = {
        "quality": quality.value if quality else None,
        "aspect": aspect.value if aspect else None,
        "voice": voice,
        "speaking_rate": rate,
        "language": language,
        "captions": captions.value if captions else None,
        "burn_captions": burn_captions or None,
        "theme": theme.value if theme else None,
        "review": review or None,
        "critique": critique or None,
        "max_cost_usd": max_cost,
    }
    wishes: dict[str, Any] = {
        "audience": audience,
        "target_seconds": seconds,
        "scenes": scenes,
        "tone": tone,
        "style": "dialogue" if dialogue else None,
        "search": search or None,
    }
    order = Order(
        source=source,
        options={name: value for name, value in given.items() if value is not None},
        music=music,
        lane=lane.value,
        wishes={name: value for name, value in wishes.items() if value is not None},
        out=out,
        show=show and not json,
    )
    display = choose(json=json)
    _end(lambda: run(order, url, home, display), json)


@app.command()
def watch(
    video: Annotated[str, typer.Argument(metavar="ID", help="The video's id.")],
    out: Annotated[Path | None, typer.Option(help="Fetch the finished files into this folder.")] = None,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Follow a video that is being made, to its end."""
    from lectern.cli.display import choose
    from lectern.cli.make import watch as run

    display = choose(json=json)
    _end(lambda: run(video, out, url, home, display), json)


@app.command()
def dub(
    video: Annotated[str, typer.Argument(metavar="ID", help="The finished video's id.")],
    language: Annotated[str, typer.Argument(help="Language of the new narration (BCP-47), such as de or pt-BR.")],
    translation: Annotated[
        Path | None, typer.Option(metavar="FILE.md", help="Your translation of its script; else a model's.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the finished files.")] = Path("."),
    voice: Annotated[str | None, typer.Option(help="A voice; the language's own if left out.")] = None,
    review: Annotated[bool, typer.Option("--review", help="Edit and approve the translation first ($EDITOR).")] = False,
    max_cost: Annotated[
        float | None, typer.Option(min=0.0, metavar="USD", help="Stop before models and voices cost more.")
    ] = None,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Show the video when it is done.")] = True,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Make a video again in another language, with the same pictures."""
    from lectern.cli.display import choose
    from lectern.cli.make import Dubbing
    from lectern.cli.make import dub as run

    given = {"language": language, "voice": voice, "review": review or None, "max_cost_usd": max_cost}
    order = Dubbing(
        video_id=video,
        request={name: value for name, value in given.items() if value is not None},
        translation=translation,
        out=out,
        show=show and not json,
    )
    display = choose(json=json)
    _end(lambda: run(order, url, home, display), json)


@app.command()
def voices(
    language: Annotated[str | None, typer.Option(help="Only voices that speak it, such as de or en-GB.")] = None,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """List the voices that are set up, best first."""
    from lectern.cli.voices import voices as run

    _end(lambda: run(language, url, home, json=json), json)


@app.command("eval")
def evaluate(
    topics: Annotated[Path, typer.Argument(metavar="TOPICS.json", help="A list of topics, or of briefs.")],
    out: Annotated[Path, typer.Option(help="Folder for results; a second run goes on where the first stopped.")] = Path(
        "eval"
    ),
    parallel: Annotated[int, typer.Option(min=1, max=64, help="Briefs tried at once.")] = 4,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="Times each brief is tried.")] = 1,
    render: Annotated[bool, typer.Option("--render", help="Render the videos too, not only check them.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Try again what was tried before.")] = False,
    max_cost: Annotated[float | None, typer.Option(min=0.0, metavar="USD", help="Limit for each video.")] = None,
    against: Annotated[Path | None, typer.Option(help="An earlier report.json, shown beside this one.")] = None,
    json: Json = False,
    url: Url = "",
) -> None:
    """Judge a model or a prompt: many briefs through script, code and preflight.

    Reports how many scenes are right at the first attempt and after repair, what was found, tokens, cost and time.
    Starts a Lectern of its own unless --url names one.
    """
    from lectern.cli.evaluation.evaluate import Plan
    from lectern.cli.evaluation.evaluate import evaluate as run

    plan = Plan(
        topics=topics,
        out=out,
        parallel=parallel,
        repeat=repeat,
        render=render,
        fresh=fresh,
        max_cost_usd=max_cost,
        against=against,
    )
    told = Console(stderr=True, highlight=False, markup=False)
    _end(lambda: run(plan, url, told.print, json=json), json)


@app.command()
def up(
    port: Annotated[int, typer.Option(min=0, max=65535, envvar="LECTERN_PORT", help="0 takes a free one.")] = 8080,
    host: Annotated[str, typer.Option(envvar="LECTERN_HOST", help="0.0.0.0 lets other machines in.")] = "127.0.0.1",
    renderers: Annotated[int, typer.Option(min=0, max=256, help="Scenes drawn at once; 0: one for each CPU.")] = 0,
    separate: Annotated[bool, typer.Option("--separate", help="Each service in a process of its own.")] = False,
    json: Json = False,
    home: Home = DEFAULT_HOME,
) -> None:
    """Run everything on this machine: the web studio and the API, until Ctrl-C."""
    from lectern.cli.up import Plan
    from lectern.cli.up import up as run

    plan = Plan(home=home, host=host, port=port, renderers=renderers, separate=separate, json=json)
    _end(lambda: run(plan), json)


@app.command()
def lessons(json: Json = False) -> None:
    """List the lessons that come with Lectern: topics that need no model and no network."""
    from lectern.lessons import load_lessons

    found = load_lessons()
    if json:
        for lesson in found:
            fields = ("name", "title", "topics", "audience", "language", "seconds")
            typer.echo(msgspec.json.encode({field: getattr(lesson, field) for field in fields}))
        return
    table = Table("lesson", "length", "ask for it with", box=None, pad_edge=False)
    for lesson in found:
        table.add_row(lesson.title, f"{lesson.seconds:.0f} s", lesson.topics[0] if lesson.topics else lesson.title)
    Console(highlight=False).print(table)


@app.command()
def provision(
    check: Annotated[bool, typer.Option("--check", help="Only report how the server differs; 1 if it does.")] = False,
    replicas: Annotated[int, typer.Option(min=1, max=5, help="Copies of each stream in a cluster.")] = 1,
    nats_url: Annotated[
        str, typer.Option(envvar="LECTERN_NATS_URL", show_default=False, help="The event log; else this machine's.")
    ] = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Make the event log's streams and consumers as declared. Safe to repeat."""
    from lectern.cli.provision import provision as run

    _end(lambda: run(nats_url, home, check=check, replicas=replicas), False)


@app.command()
def doctor(json: Json = False, home: Home = DEFAULT_HOME) -> None:
    """Say what this machine has of what Lectern uses, and how to get what is missing."""
    from lectern.cli import doctor as examination

    missing = False
    console = Console(highlight=False, soft_wrap=True)
    for check in examination.examine(home):
        missing |= check.required and not check.ok
        if json:
            typer.echo(msgspec.json.encode(check))
            continue
        mark = "[green]ok[/]     " if check.ok else "[red]missing[/]" if check.required else "[yellow]without[/]"
        console.print(f"{mark}  {check.name:<20} ", end="")
        console.print(check.found + ("" if check.ok else f"  → {check.remedy}"), markup=False)
    raise typer.Exit(FAILED if missing else OK)


NatsUrl = Annotated[
    str, typer.Option(envvar="LECTERN_NATS_URL", show_default=False, help="The event log; else this machine's.")
]


@dead_app.command("list")
def dead_list(json: Json = False, nats_url: NatsUrl = "", home: Home = DEFAULT_HOME) -> None:
    """List them, oldest first."""
    from lectern.cli import dead as dead_letters

    _end(lambda: dead_letters.show_all(nats_url, home, json=json), json)


@dead_app.command("show")
def dead_show(number: int, nats_url: NatsUrl = "", home: Home = DEFAULT_HOME) -> None:
    """Show one whole, as JSON: the message, and why nobody could process it."""
    from lectern.cli import dead as dead_letters

    _end(lambda: dead_letters.show_one(number, nats_url, home), False)


@dead_app.command("retry")
def dead_retry(numbers: list[int], nats_url: NatsUrl = "", home: Home = DEFAULT_HOME) -> None:
    """Put messages back where they came from, to be processed once more."""
    from lectern.cli import dead as dead_letters

    _end(lambda: dead_letters.retry(numbers, nats_url, home), False)


def _end(work: Callable[[], Coroutine[Any, Any, int]], json: bool) -> NoReturn:
    """Runs a command's coroutine and ends with its status; what stopped it is told as a Problem."""
    try:
        status = asyncio.run(work())
    except Stop as stopped:
        (JsonLines().problem if json else print_problem)(stopped.problem)
        status = stopped.status
    except (asyncio.CancelledError, KeyboardInterrupt):
        status = CANCELLED
    except BrokenPipeError:  # the reader of our output has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = OK
    raise typer.Exit(status)
