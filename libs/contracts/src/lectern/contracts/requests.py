"""Requests between services: the few questions that need an answer now, and so are no facts on the log.

Each travels over core NATS request/reply to a queue group of whoever answers. Nothing is stored: an unanswered request
is asked again. `Progress` is here too, as it is the other message that travels beside the log.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

import msgspec

from lectern.contracts.derived_files import AnyDerivedFile
from lectern.contracts.narration import Timing
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.references import CodeContext
from lectern.contracts.script import Script

__all__ = [
    "CHECK_SCENE",
    "DESCRIBE_CODER",
    "DRAW_STILLS",
    "LIST_VOICES",
    "MAKE_FILE",
    "PARSE_MARKDOWN",
    "RENDER_MARKDOWN",
    "REQUESTS",
    "CheckScene",
    "CoderAbilities",
    "DescribeCoder",
    "DrawStills",
    "FileMade",
    "Finding",
    "ListVoices",
    "MakeFile",
    "ParseMarkdown",
    "ParsedMarkdown",
    "Progress",
    "RenderMarkdown",
    "RenderedMarkdown",
    "Request",
    "SceneException",
    "SceneVerdict",
    "Stills",
    "VoiceList",
    "VoiceOffer",
    "WorkerSign",
]

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


class Request(msgspec.Struct, Generic[Q, R], frozen=True, kw_only=True):
    """A kind of request: where it is sent, who answers it, and the types of its message and reply."""

    subject: str
    queue: str
    message: type[Q]
    reply: type[R]


class ParseMarkdown(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for the script that a lesson in Markdown describes."""

    markdown: str


class ParsedMarkdown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The script, or the problem with the Markdown; exactly one is set."""

    script: Script | None = None
    problem: Problem | None = None


class RenderMarkdown(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for the Markdown form of a script."""

    script: Script


class RenderedMarkdown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The Markdown, or the problem with the script; exactly one is set."""

    markdown: str | None = None
    problem: Problem | None = None


class ListVoices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Asks which voices can be used now, and what a wanted voice or locale stands for. `wanted` may be empty."""

    wanted: str = ""


class VoiceOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A voice that can be asked for. `usd_per_million` is the list price of a million characters.

    `language` is BCP-47: `mul` for a voice that speaks many, empty for one that says nothing.
    """

    id: str
    language: str
    gender: str
    engine: str
    timing: Timing
    usd_per_million: float = 0.0


class VoiceList(msgspec.Struct, frozen=True, kw_only=True):
    """The voices on offer. For a wanted voice, `chosen` is its id, or `refused` says why it cannot be used."""

    voices: tuple[VoiceOffer, ...]
    chosen: str = ""
    refused: str = ""


class CheckScene(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for a preflight: the scene's code run with animations skipped. Code and narration by object key.

    `assets` maps the names that the code may load to object keys. Owners take turns, and their videos.
    """

    code_key: str
    narration_key: str
    options: VideoOptions
    assets: dict[str, str] = {}
    video_id: str = ""
    owner: str = ""
    context: CodeContext = CodeContext()


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing wrong with a scene. `beat` and `line` count from 1; `line` is in the scene's own source.

    An error sends the scene back, a warning is told with the next repair, a note is only kept. `time` is in seconds
    from the start of the scene.
    """

    rule: str
    level: Literal["error", "warning", "note"]
    message: str
    beat: int | None = None
    line: int | None = None
    object: str | None = None
    time: float | None = None


class SceneException(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The exception that ended a scene's code. `line` counts from 1 in the scene's own source, `code` is that line.

    `place` is "cast" where line and code are the cast's.
    """

    type: str
    message: str = ""
    line: int | None = None
    code: str | None = None
    traceback: str = ""
    place: Literal["", "cast"] = ""


class SceneVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a preflight.

    `killed` names the limit that ended the run, `reason` says it in words. `unavailable` is set when the renderer, not
    the code, is at fault: ask again, though not without end if the code had `begun` by then. `seconds` is the run's
    time on the wall, `cpu_seconds` its computing, and `render_seconds` the computing that rendering the scene is
    foretold to take.
    """

    ok: bool
    findings: tuple[Finding, ...] = ()
    error: SceneException | None = None
    killed: str | None = None
    reason: str = ""
    seconds: float = 0.0
    unavailable: str | None = None
    cpu_seconds: float = 0.0
    render_seconds: float = 0.0
    begun: bool = False

    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return tuple(finding for finding in self.findings if finding.level == "error")


class DrawStills(msgspec.Struct, frozen=True, kw_only=True):
    """Asks how a scene looks at some moments. `at` in seconds from the start of the scene. Videos take turns."""

    code_key: str
    narration_key: str
    options: VideoOptions
    at: tuple[float, ...]
    assets: dict[str, str] = {}
    video_id: str = ""
    owner: str = ""
    context: CodeContext = CodeContext()


class Stills(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Object keys of JPEGs, one for each moment, in order; `reason` says why there are none.

    `unavailable` is set when the renderer, not the code, is at fault: ask again.
    """

    ok: bool
    keys: tuple[str, ...] = ()
    reason: str = ""
    unavailable: str | None = None


class MakeFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Asks for a derived file, which is stored under its key. Owners take turns, and their videos."""

    file: AnyDerivedFile
    video_id: str = ""
    owner: str = ""


class FileMade(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The file's key and its size in bytes, or the problem why it could not be made."""

    key: str = ""
    bytes: int = 0
    problem: Problem | None = None


class DescribeCoder(msgspec.Struct, frozen=True, kw_only=True):
    """Asks what the coder can do now."""


class CoderAbilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the coder can do: `follows_directions` where a model is set up that draws."""

    follows_directions: bool


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stage's progress in a scene (or, without one, in the video). Published unasked; never stored."""

    video_id: str
    stage: str
    doing: str
    done: float
    of: float
    scene: int | None = None
    revision: int = 1
    attempt: int = 1
    facts: dict[str, Any] = {}


class WorkerSign(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's sign of life: how many jobs of a stage it runs at once, and how many it runs now. Never stored."""

    stage: str
    worker: str
    slots: int
    busy: int


PARSE_MARKDOWN: Request[ParseMarkdown, ParsedMarkdown] = Request(
    subject="markdown.parse", queue="scripters", message=ParseMarkdown, reply=ParsedMarkdown
)
RENDER_MARKDOWN: Request[RenderMarkdown, RenderedMarkdown] = Request(
    subject="markdown.render", queue="scripters", message=RenderMarkdown, reply=RenderedMarkdown
)
LIST_VOICES: Request[ListVoices, VoiceList] = Request(
    subject="voices.list", queue="voices", message=ListVoices, reply=VoiceList
)
CHECK_SCENE: Request[CheckScene, SceneVerdict] = Request(
    subject="preflight", queue="renderers", message=CheckScene, reply=SceneVerdict
)
DRAW_STILLS: Request[DrawStills, Stills] = Request(
    subject="stills", queue="renderers", message=DrawStills, reply=Stills
)
MAKE_FILE: Request[MakeFile, FileMade] = Request(
    subject="files.make", queue="composers", message=MakeFile, reply=FileMade
)

DESCRIBE_CODER: Request[DescribeCoder, CoderAbilities] = Request(
    subject="coder.describe", queue="coders", message=DescribeCoder, reply=CoderAbilities
)

REQUESTS = (PARSE_MARKDOWN, RENDER_MARKDOWN, LIST_VOICES, CHECK_SCENE, DRAW_STILLS, MAKE_FILE, DESCRIBE_CODER)
