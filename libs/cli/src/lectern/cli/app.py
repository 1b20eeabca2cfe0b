"""The commands and their options. Each imports the module that does its work when it is called, so that `--help` does
not wait for the clients of servers."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from lectern.cli.exit_status import FAILED, OK
from lectern.cli.film_commands import film_app
from lectern.cli.key_commands import keys_app
from lectern.cli.library_commands import library_app
from lectern.cli.options import Home, Json, MaxCost, NatsUrl, Open, Out, Prompts, Url, drop_unset, run_command
from lectern.cli.runner.home import DEFAULT_HOME
from lectern.cli.voice_commands import voices_app
from lectern.contracts.options import MUSIC, Captions, Lane, Sounds, Theme
from lectern.contracts.quality import Aspect, Quality

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Turns a topic or a Markdown lesson into a narrated, captioned, animated video.",
    epilog="Exit status: **0** success, **1** the video or a check failed, **2** invalid input or usage, "
    "**3** something required is unavailable, **130** cancelled.",
)
dead_app = typer.Typer(no_args_is_help=True, help="List, show, retry and drop messages that no worker could process.")
app.add_typer(dead_app, name="dead")
app.add_typer(keys_app, name="keys")
app.add_typer(voices_app, name="voices")
app.add_typer(library_app)
app.add_typer(film_app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lectern {version('lectern-cli')}")
        raise typer.Exit(OK)


@app.callback()
def configure(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Nothing but `--version` is common to all commands."""


@app.command()
def make(
    source: Annotated[str, typer.Argument(metavar="TOPIC|FILE.md", help="A question, or a lesson in Markdown.")],
    out: Out = Path("."),
    quality: Annotated[Quality | None, typer.Option(help="480p15, 720p30, 1080p60, 2160p60.")] = None,
    aspect: Annotated[Aspect | None, typer.Option(help="Aspect ratio of the frame.")] = None,
    voice: Annotated[str | None, typer.Option(help="A voice, or a locale such as en-GB.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.5, max=2.0, help="Speaking rate; 1 is the voice's own.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the narration (BCP-47).")] = None,
    captions: Annotated[Captions | None, typer.Option(help="Style of the captions.")] = None,
    burn_captions: Annotated[bool, typer.Option("--burn-captions", help="Draw captions into the video.")] = False,
    music: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help=f"Background music: {', '.join(MUSIC)}, none, or a file.")
    ] = None,
    sounds: Annotated[Sounds | None, typer.Option(help="Soft sounds where things happen.")] = None,
    theme: Annotated[Theme | None, typer.Option(help="Colours of the video.")] = None,
    brand: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Your colours, font and logo (docs/brand.md).")
    ] = None,
    cards: Annotated[
        bool | None, typer.Option("--cards/--no-cards", help="Open with the question and close with the idea.")
    ] = None,
    audience: Annotated[str | None, typer.Option(help="Target audience, such as children.")] = None,
    seconds: Annotated[int | None, typer.Option(min=0, max=900, help="Target length in seconds.")] = None,
    scenes: Annotated[int | None, typer.Option(min=0, max=20, help="Target number of scenes.")] = None,
    tone: Annotated[str | None, typer.Option(help="Tone of the narration, such as warm.")] = None,
    dialogue: Annotated[bool, typer.Option("--dialogue", help="Write a dialogue of two speakers.")] = False,
    search: Annotated[bool, typer.Option("--search", help="Research the topic first and cite the sources.")] = False,
    critique: Annotated[
        bool | None,
        typer.Option(
            "--critique/--no-critique",
            help="Have a vision model look at each scene that a model coded; by default where one is set up.",
        ),
    ] = None,
    max_cost: MaxCost = None,
    review: Annotated[bool, typer.Option("--review", help="Edit and approve the script first ($EDITOR).")] = False,
    lane: Annotated[Lane, typer.Option(help="Queue: bulk waits until fast is empty.")] = "fast",
    again: Annotated[bool, typer.Option("--again", help="Make it anew, though the same was made before.")] = False,
    prompts: Prompts = None,
    show: Open = True,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Make a video.

    Uses the Lectern that runs on this machine, or starts one for the duration. Ctrl-C cancels the video. What was made
    before in the same way is shown at once.
    """
    from lectern.cli import make as command
    from lectern.cli.display import choose_display

    options = drop_unset(
        {
            "quality": quality,
            "aspect": aspect,
            "voice": voice,
            "speaking_rate": rate,
            "language": language,
            "captions": captions,
            "burn_captions": burn_captions or None,
            "sounds": sounds,
            "theme": theme,
            "cards": cards,
            "review": review or None,
            "critique": critique,
            "max_cost_usd": max_cost,
        }
    )
    brief = drop_unset(
        {
            "audience": audience,
            "target_seconds": seconds,
            "scenes": scenes,
            "tone": tone,
            "style": "dialogue" if dialogue else None,
            "search": search or None,
        }
    )
    arguments = command.MakeArguments(
        source=source,
        brief=brief,
        options=options,
        music=music,
        brand=brand,
        lane=lane,
        out=out,
        show=show and not json,
        prompts=prompts,
        again=again,
    )
    display = choose_display(json=json)
    run_command(lambda: command.make(arguments, url, home, display), json=json)


@app.command()
def watch(
    video: Annotated[str, typer.Argument(metavar="ID", help="The video's id.")],
    out: Annotated[Path | None, typer.Option(help="Download the finished files to this folder.")] = None,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Follow a video until it is finished."""
    from lectern.cli import make as command
    from lectern.cli.display import choose_display

    display = choose_display(json=json)
    run_command(lambda: command.watch(video, out, url, home, display), json=json)


@app.command()
def dub(
    video: Annotated[str, typer.Argument(metavar="ID", help="The finished video's id.")],
    language: Annotated[str, typer.Argument(help="Language of the new narration (BCP-47), such as de or pt-BR.")],
    translation: Annotated[
        Path | None, typer.Option(metavar="FILE.md", help="Your translation of its script; default: a model's.")
    ] = None,
    out: Out = Path("."),
    voice: Annotated[str | None, typer.Option(help="A voice; default: the first of the language.")] = None,
    review: Annotated[bool, typer.Option("--review", help="Edit and approve the translation first ($EDITOR).")] = False,
    max_cost: MaxCost = None,
    show: Open = True,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Dub a finished video: make it in another language with the same visuals."""
    from lectern.cli import make as command
    from lectern.cli.display import choose_display

    request = {"language": language, "voice": voice, "review": review or None, "max_cost_usd": max_cost}
    arguments = command.DubArguments(
        video_id=video, request=drop_unset(request), translation=translation, out=out, show=show and not json
    )
    display = choose_display(json=json)
    run_command(lambda: command.dub(arguments, url, home, display), json=json)


@app.command("eval")
def evaluate(
    topics: Annotated[Path, typer.Argument(metavar="TOPICS.json", help="A list of topics, or of briefs.")],
    out: Annotated[Path, typer.Option(help="Folder for the results; an interrupted run resumes from them.")] = Path(
        "eval"
    ),
    parallel: Annotated[int, typer.Option(min=1, max=64, help="Briefs to try at once.")] = 4,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="Times to try each brief.")] = 1,
    render: Annotated[bool, typer.Option("--render", help="Also render the videos.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore earlier results in the folder.")] = False,
    max_cost: MaxCost = None,
    against: Annotated[Path | None, typer.Option(help="An earlier report.json to compare with.")] = None,
    judge: Annotated[bool, typer.Option("--judge", help="Have a vision model score each rendered video.")] = False,
    prompts: Prompts = None,
    json: Json = False,
    url: Url = "",
) -> None:
    """Evaluate a model or a prompt: many briefs through script, code and preflight.

    Reports how many scenes pass at the first attempt and after repair, the findings, tokens, cost and time. Starts its
    own Lectern unless --url names one.
    """
    from lectern.cli.evaluation import evaluate as command

    arguments = command.EvaluateArguments(
        topics=topics,
        out=out,
        parallel=parallel,
        repeat=repeat,
        render=render,
        fresh=fresh,
        max_cost_usd=max_cost,
        against=against,
        prompts=prompts,
        judge=judge,
    )
    messages = Console(stderr=True, highlight=False, markup=False)
    run_command(lambda: command.evaluate(arguments, url, messages.print, json=json), json=json)


@app.command()
def up(
    port: Annotated[int, typer.Option(min=0, max=65535, envvar="LECTERN_PORT", help="0 chooses a free port.")] = 8080,
    host: Annotated[
        str, typer.Option(envvar="LECTERN_HOST", help="0.0.0.0 accepts connections from other machines.")
    ] = "127.0.0.1",
    renderers: Annotated[int, typer.Option(min=0, max=256, help="Scenes rendered at once; 0: one per CPU.")] = 0,
    separate: Annotated[bool, typer.Option("--separate", help="Run each service in its own process.")] = False,
    only_answers: Annotated[bool, typer.Option("--only-answers", hidden=True)] = False,
    prompts: Prompts = None,
    json: Json = False,
    home: Home = DEFAULT_HOME,
) -> None:
    """Run the API and everything behind it on this machine until Ctrl-C."""
    from lectern.cli import up as command

    arguments = command.UpArguments(
        home=home,
        host=host,
        port=port,
        renderers=renderers,
        separate=separate,
        json=json,
        prompts=prompts,
        only_answers=only_answers,
    )
    run_command(lambda: command.up(arguments), json=json)


@app.command()
def mcp(
    out: Annotated[Path, typer.Option(help="Folder that finished files may be saved to.")] = Path("lectern-videos"),
    max_cost: Annotated[
        float, typer.Option(min=0.01, metavar="USD", help="Dollars that models and voices may cost for each video.")
    ] = 1.0,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Serve assistants over the Model Context Protocol, on standard input and output.

    Uses the Lectern at --url (with the key in LECTERN_API_KEY), the one that runs on this machine, or starts one.
    """
    from lectern.cli.assistants.serving import serve_assistant

    run_command(lambda: serve_assistant(url, home, out.absolute(), max_cost))


@app.command()
def lessons(json: Json = False) -> None:
    """List the bundled lessons: topics that need neither a model nor a network."""
    from lectern.lessons import load_lessons

    bundled = load_lessons()
    if json:
        fields = ("name", "title", "topics", "audience", "language", "seconds")
        for lesson in bundled:
            typer.echo(msgspec.json.encode({field: getattr(lesson, field) for field in fields}))
        return
    table = Table("lesson", "length", "example topic", box=None, pad_edge=False)
    for lesson in bundled:
        table.add_row(lesson.title, f"{lesson.seconds:.0f} s", lesson.topics[0] if lesson.topics else lesson.title)
    Console(highlight=False).print(table)


@app.command()
def provision(
    check: Annotated[bool, typer.Option("--check", help="Only report differences; exit status 1 if any.")] = False,
    replicas: Annotated[
        int | None,
        typer.Option(min=1, max=5, help="Servers of a cluster that keep each stream; as many as now if not given."),
    ] = None,
    nats_url: NatsUrl = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Create or update the event log's streams and consumers. Safe to repeat."""
    from lectern.cli import provision as command

    run_command(lambda: command.provision(nats_url, home, check=check, replicas=replicas))


@app.command()
def status(json: Json = False, nats_url: NatsUrl = "", home: Home = DEFAULT_HOME) -> None:
    """Show what each stage has to do and who does it, what is oldest, and what needs a hand (exit status 1)."""
    from lectern.cli.status import show_status

    run_command(lambda: show_status(nats_url, home, json=json), json=json)


@app.command()
def doctor(json: Json = False, home: Home = DEFAULT_HOME) -> None:
    """Check this machine's dependencies."""
    from lectern.cli.doctor import check_dependencies

    missing = False
    console = Console(highlight=False, soft_wrap=True)
    for check in check_dependencies(home):
        missing |= check.required and not check.ok
        if json:
            typer.echo(msgspec.json.encode(check))
            continue
        mark = "[green]ok[/]      " if check.ok else "[red]missing[/] " if check.required else "[yellow]optional[/]"
        console.print(f"{mark}  {check.name:<22} ", end="")
        console.print(check.found + ("" if check.ok else f"  → {check.remedy}"), markup=False)
    raise typer.Exit(FAILED if missing else OK)


@app.command("trace")
def show_trace(
    video: Annotated[str, typer.Argument(metavar="ID", help="The video's id.")],
    act: Annotated[
        int | None, typer.Option(min=1, help="Which act of its user, from 1: request, edit, redo …; default: the last.")
    ] = None,
    json: Json = False,
    nats_url: NatsUrl = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Show where a video's time went: each stage's waiting and working, and the critical path. From its log alone."""
    from lectern.cli.trace import trace_video

    run_command(lambda: trace_video(video, act, nats_url, home, json=json), json=json)


@dead_app.command("list")
def dead_list(json: Json = False, nats_url: NatsUrl = "", home: Home = DEFAULT_HOME) -> None:
    """List dead letters, oldest first."""
    from lectern.cli.dead_letters import list_dead_letters

    run_command(lambda: list_dead_letters(nats_url, home, json=json), json=json)


@dead_app.command("show")
def dead_show(
    number: Annotated[int, typer.Argument(help="Its number in the list.")],
    nats_url: NatsUrl = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Show one dead letter as JSON: the message, and why no worker could process it."""
    from lectern.cli.dead_letters import show_dead_letter

    run_command(lambda: show_dead_letter(number, nats_url, home))


@dead_app.command("retry")
def dead_retry(
    numbers: Annotated[list[int], typer.Argument(help="Their numbers in the list.")],
    nats_url: NatsUrl = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Retry messages: put them back on the event log and remove them from the list."""
    from lectern.cli.dead_letters import retry_dead_letters

    run_command(lambda: retry_dead_letters(numbers, nats_url, home))


@dead_app.command("drop")
def dead_drop(
    numbers: Annotated[list[int], typer.Argument(help="Their numbers in the list.")],
    nats_url: NatsUrl = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Remove messages that are not worth a retry from the list, for good. Their videos stay as they are."""
    from lectern.cli.dead_letters import drop_dead_letters

    run_command(lambda: drop_dead_letters(numbers, nats_url, home))
