"""The facts of a video, in the past tense. Frozen, tagged, JSON on the wire; unknown fields are ignored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias, TypeVar

import msgspec

from lectern.contracts.notes import Note
from lectern.contracts.options import Brief, Lane, Variant, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.references import (
    ChosenTake,
    CodeAttempt,
    CodeContext,
    CodeRef,
    FootageRef,
    NarrationRef,
    Output,
    SceneTitle,
)
from lectern.contracts.usage import Usage

__all__ = [
    "AnyEvent",
    "ChosenTake",
    "CodeAttempt",
    "CodeContext",
    "CodeRef",
    "Delay",
    "Event",
    "FootageRef",
    "NarrationRef",
    "Outcome",
    "Output",
    "SceneCoded",
    "SceneCued",
    "SceneDelayed",
    "SceneEvent",
    "SceneFailed",
    "SceneNarrated",
    "ScenePlanned",
    "SceneRefused",
    "SceneRendered",
    "SceneTitle",
    "ScriptApproved",
    "VideoCancelled",
    "VideoCompleted",
    "VideoDelayed",
    "VideoDeleted",
    "VideoDescribed",
    "VideoFailed",
    "VideoRequested",
    "VideoScripted",
    "decode",
    "encode",
    "message_id",
    "name_take",
    "name_type",
    "now",
    "owner_of",
    "verb",
    "version_of",
]


def now() -> datetime:
    """The current time in UTC, which every event carries as `at`."""
    return datetime.now(UTC)


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """The fields of every event.

    `revision` counts a video's passes through the pipeline from 1; an edit, redo or retry starts the next. A scene
    keeps the revision it was last planned in, so work for an older one is recognised as stale. `cause` is the message
    id of the event this one answers. `owner` is whose video it is; "" where no keys are in use.

    `began` is when a worker began the work that this event reports, and `attempt` which attempt succeeded, from 1;
    what a user did has no beginning. `traceparent` is the span (W3C) of the request by which a user did it.
    """

    video_id: str
    owner: str = ""
    lane: Lane = "fast"
    revision: int = 1
    at: datetime = msgspec.field(default_factory=now)
    began: datetime | None = None
    attempt: int = 1
    cause: str = ""
    traceparent: str = ""


class SceneEvent(Event, frozen=True, kw_only=True):
    """An event about one scene, counted from 1."""

    scene: int


class VideoRequested(Event, frozen=True, kw_only=True, tag="video.requested.v1"):
    """A user asked for a video. `title`, `metadata` and `external_id` are the user's own; `batch` is its batch's id.

    `variant` is set where it is another form of an existing one.
    """

    brief: Brief
    options: VideoOptions
    title: str = ""
    metadata: dict[str, str] = {}
    external_id: str = ""
    batch: str = ""
    variant: Variant | None = None


class VideoDescribed(Event, frozen=True, kw_only=True, tag="video.described.v1"):
    """The user gave the video this title (empty: the script's) and metadata. `version` counts the changes, from 1."""

    title: str = ""
    metadata: dict[str, str] = {}
    version: int = 1


class VideoScripted(Event, frozen=True, kw_only=True, tag="video.scripted.v1"):
    """The script is written. With `review` the pipeline waits for `ScriptApproved`.

    `doubts` are those of the script, in short: what a person should verify. `unmet` are wishes that a finished script
    does not meet, each as a clause. `hints` are what its writer should know.
    """

    script_key: str
    title: str
    scenes: tuple[SceneTitle, ...]
    options: VideoOptions
    assets: dict[str, str] = {}
    review: bool = False
    doubts: tuple[str, ...] = ()
    hints: tuple[Note, ...] = ()
    spent: tuple[Usage, ...] = ()
    unmet: tuple[str, ...] = ()


class ScriptApproved(Event, frozen=True, kw_only=True, tag="video.approved.v1"):
    """The script (perhaps edited) may be made. `plan` lists the scenes to make; the others keep what they have.

    A planned scene that `chosen` names is not made: it gets back what that take was.
    It comes from a user, or from the voice where another one is to speak: `spent` is what the refused one cost.
    """

    script_key: str
    title: str
    scenes: tuple[SceneTitle, ...]
    plan: tuple[int, ...]
    options: VideoOptions
    assets: dict[str, str] = {}
    fresh: bool = False  # make the planned scenes again even where their inputs are unchanged
    chosen: tuple[ChosenTake, ...] = ()
    salts: dict[int, str] = {}  # of planned scenes that keep what was made with them, where nothing else changed
    doubts: tuple[str, ...] = ()
    hints: tuple[Note, ...] = ()
    spent: tuple[Usage, ...] = ()


class ScenePlanned(SceneEvent, frozen=True, kw_only=True, tag="scene.planned.v1"):
    """A scene is ready to be spoken. Its text is scene `scene` of the script at `script_key`."""

    script_key: str
    options: VideoOptions
    assets: dict[str, str] = {}
    salt: str = ""  # part of the cache keys; set when the same inputs are to be worked on again


class SceneNarrated(SceneEvent, frozen=True, kw_only=True, tag="scene.narrated.v1"):
    """A scene has its narration. `cached` if it had been spoken before."""

    script_key: str
    options: VideoOptions
    assets: dict[str, str] = {}
    salt: str = ""
    narration: NarrationRef
    cached: bool = False
    spent: tuple[Usage, ...] = ()


class SceneCued(SceneEvent, frozen=True, kw_only=True, tag="scene.cued.v1"):
    """A narrated scene may be coded: the one before, whose things it is to go on with, has its code, or will have none.

    Only scenes that wait for the one before are cued.
    """

    script_key: str
    options: VideoOptions
    assets: dict[str, str] = {}
    salt: str = ""
    narration: NarrationRef


class SceneCoded(SceneEvent, frozen=True, kw_only=True, tag="scene.coded.v1"):
    """A scene has its code. `degraded` says why it is only a template, when it is.

    `version` counts the codes of a scene within a revision from 1; the next answers a `SceneRefused`.
    """

    script_key: str
    options: VideoOptions
    assets: dict[str, str] = {}
    salt: str = ""
    narration: NarrationRef
    code: CodeRef
    version: int = 1
    degraded: Problem | None = None
    spent: tuple[Usage, ...] = ()


class SceneRefused(SceneEvent, frozen=True, kw_only=True, tag="scene.refused.v1"):
    """A version of a scene's code passed its check and could not be rendered, for the reason that `problem` gives."""

    script_key: str
    options: VideoOptions
    assets: dict[str, str] = {}
    salt: str = ""
    narration: NarrationRef
    code: CodeRef
    version: int = 1
    problem: Problem
    spent: tuple[Usage, ...] = ()


class SceneRendered(SceneEvent, frozen=True, kw_only=True, tag="scene.rendered.v1"):
    """A scene has its footage. `take` is the revision it was rendered in where that is an earlier one, else 0."""

    script_key: str
    options: VideoOptions
    salt: str = ""
    take: int = 0
    narration: NarrationRef
    code: CodeRef
    footage: FootageRef
    degraded: Problem | None = None
    spent: tuple[Usage, ...] = ()


def name_take(rendered: SceneRendered) -> ChosenTake:
    """A take as an approval names it that puts it back in force."""
    return ChosenTake(
        scene=rendered.scene,
        take=rendered.take or rendered.revision,
        narration=rendered.narration,
        code=rendered.code,
        footage=rendered.footage,
        salt=rendered.salt,
        degraded=rendered.degraded,
    )


class SceneFailed(SceneEvent, frozen=True, kw_only=True, tag="scene.failed.v1"):
    """A scene cannot be made in this revision. `stage` is where it ended, `version` that of the code at which."""

    stage: str
    version: int = 1
    problem: Problem
    spent: tuple[Usage, ...] = ()


class SceneDelayed(SceneEvent, frozen=True, kw_only=True, tag="scene.delayed.v1"):
    """A stage waits for what it needs for a scene; no attempt is used up. Told once for each reason, with its start."""

    stage: str
    problem: Problem
    since: datetime


class VideoCompleted(Event, frozen=True, kw_only=True, tag="video.completed.v1"):
    """The video is finished. `seconds` is its length, `missing_letters` those of burned-in captions without a font."""

    seconds: float
    frames: int
    outputs: tuple[Output, ...]
    missing_letters: str = ""


class VideoDelayed(Event, frozen=True, kw_only=True, tag="video.delayed.v1"):
    """A stage that works on the whole video waits for what it needs. See `SceneDelayed`."""

    stage: str
    problem: Problem
    since: datetime


class VideoFailed(Event, frozen=True, kw_only=True, tag="video.failed.v1"):
    """The video cannot be made in this revision."""

    problem: Problem
    spent: tuple[Usage, ...] = ()


class VideoCancelled(Event, frozen=True, kw_only=True, tag="video.cancelled.v1"):
    """A user cancelled the video."""

    reason: str = ""


class VideoDeleted(Event, frozen=True, kw_only=True, tag="video.deleted.v1"):
    """A user deleted the video. The rest of its log is purged; this stays, so that nothing late brings it back."""


AnyEvent: TypeAlias = (
    VideoRequested
    | VideoDescribed
    | VideoScripted
    | ScriptApproved
    | ScenePlanned
    | SceneNarrated
    | SceneCued
    | SceneCoded
    | SceneRefused
    | SceneRendered
    | SceneFailed
    | SceneDelayed
    | VideoCompleted
    | VideoDelayed
    | VideoFailed
    | VideoCancelled
    | VideoDeleted
)
Outcome: TypeAlias = VideoCompleted | VideoFailed | VideoCancelled
Delay: TypeAlias = SceneDelayed | VideoDelayed

_encoder = msgspec.json.Encoder()
T = TypeVar("T")
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """The event on the wire: one JSON object."""
    return _encoder.encode(event)


def decode(data: bytes) -> AnyEvent:
    """The event in `data`. Raises msgspec.DecodeError for whatever is none, ValidationError for an unknown type."""
    return _read(_decoder, data)


class _Owned(msgspec.Struct):
    owner: str = ""


_owner_decoder = msgspec.json.Decoder(_Owned)


def owner_of(data: bytes) -> str:
    """The owner in an encoded event, also of a type that this version does not know. Raises msgspec.DecodeError."""
    return _read(_owner_decoder, data).owner


def _read(decoder: msgspec.json.Decoder[T], data: bytes) -> T:
    try:
        return decoder.decode(data)
    except RecursionError:
        raise msgspec.DecodeError("it is nested too deep") from None


def verb(event_type: type[Event]) -> str:
    """The middle of an event's tag, so `scene.coded.v1` is `coded`: its word in subjects and in the fold."""
    return str(event_type.__struct_config__.tag).split(".")[1]


def name_type(event: AnyEvent) -> str:
    """An event's tag without its version: `scene.coded`."""
    return str(event.__struct_config__.tag).rpartition(".")[0]


def message_id(event: AnyEvent) -> str:
    """The event's deterministic id: the same fact published twice has the same one, so the stream keeps it once."""
    scene = f":{event.scene}" if isinstance(event, SceneEvent) else ""
    # A stage may wait several times in a revision, so what tells its delays apart is part of their ids.
    delay = f":{event.stage}:{event.problem.code}:{event.since.timestamp():.6f}" if isinstance(event, Delay) else ""
    version = f":{number}" if (number := version_of(event)) > 1 else ""
    # One stage may fail and, its message retried, the next one: the second failure is another fact.
    stage = f":{event.stage}" if isinstance(event, SceneFailed) else ""
    return f"{event.video_id}:{event.revision}{scene}:{event.__struct_config__.tag}{version}{stage}{delay}"


def version_of(event: Event) -> int:
    """The version of the code, or of the description, that an event is about, from 1; 1 for any other event."""
    return event.version if isinstance(event, SceneCoded | SceneRefused | SceneFailed | VideoDescribed) else 1
