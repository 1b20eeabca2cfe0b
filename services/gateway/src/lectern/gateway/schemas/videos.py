"""Videos and their parts, as responses show them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from lectern.contracts.options import Lane
from lectern.contracts.state import SceneStatus, Status
from lectern.gateway.schemas.outlook import Eta, QueuePlace
from lectern.gateway.schemas.problems import ProblemBody
from lectern.gateway.schemas.timings import SceneTimings, VideoTimings

StageName: TypeAlias = Literal["scripting", "review", "voicing", "coding", "rendering", "composing"]


class BrandInForce(BaseModel):
    """A sender's colours, font and the id of the logo; what is empty is the theme's."""

    colours: dict[str, str]
    font: str
    logo: str | None


class VideoOptionsInForce(BaseModel):
    """The options a video is made with, defaults filled in. `voice` is empty where the script's language decides."""

    quality: str
    aspect: str
    voice: str
    speaking_rate: float
    language: str
    captions: str
    theme: str
    review: bool
    burn_captions: bool
    music: str | None
    sounds: str
    brand: BrandInForce | None
    cards: bool
    critique: bool | None
    max_cost_usd: float | None


class AttemptSummary(BaseModel):
    """A version of a scene's code that a model wrote, or a look at it, and what ended it: without `rule` it passed."""

    number: int
    strategy: str = Field(
        description="draft; a repair's lines, block, scene or simpler; look for a critique, render for a failed render"
    )
    rule: str = ""
    finding: str = ""
    line: int | None = None


class Wait(BaseModel):
    """What a stage waits for: it goes on by itself, and no attempt is used up."""

    stage: str
    since: datetime
    problem: ProblemBody


class SceneState(BaseModel):
    """One scene and its progress."""

    number: int
    title: str
    status: SceneStatus
    seconds: float | None = Field(None, description="length, known once it is narrated")
    footage: str | None = Field(None, description="URL of its silent footage, once it is rendered")
    video: str | None = Field(None, description="URL of the scene with its voice, once it is rendered")
    still: str | None = Field(None, description="URL of a picture of it, once it is rendered")
    narration: str | None = Field(None, description="URL of its sound, once it is spoken")
    words: str | None = Field(None, description="URL of the times of its words, once it is spoken")
    code: str | None = Field(None, description="URL of its code, once it has any")
    take: int | None = Field(None, description="the revision its footage was rendered in; null while it is made")
    takes: int = Field(0, description="how many versions of it were rendered")
    direction: str | None = Field(None, description="what its user wants to see, in their own words")
    origin: str | None = Field(None, description="where its code comes from: author, template or model")
    attempts: list[AttemptSummary] = Field([], description="a model's versions of its code; empty if it wrote none")
    degraded: ProblemBody | None = Field(None, description="why it shows its fallback, if it does")
    error: ProblemBody | None = None
    waiting: Wait | None = Field(None, description="what its stage waits for, if it cannot go on now")
    timings: SceneTimings
    voice: str | None = Field(None, description="the voice that speaks it, known once it is narrated")


class VideoNote(BaseModel):
    """What the user of a video should know about it, though nothing has failed. More codes may be added."""

    code: str = Field(
        description="doubt: a claim to be checked; voice-replaced: a voice that could not be used; "
        "letters-missing: letters that no font has; wish-unmet: what a finished lesson does not do that was asked for; "
        "misreading: a word that a voice may say wrongly; no-pause: a long film without a silence; "
        "not-carried: a scene that begins anew"
    )
    text: str


class OutputFile(BaseModel):
    """One finished file."""

    kind: str
    url: str
    media_type: str
    bytes: int


class VideoUrls(BaseModel):
    """URLs of everything about a video, relative to the API's own address."""

    self: str
    events: str
    cancel: str
    script: str | None
    content: str | None


class VideoSummary(BaseModel):
    """A video as lists and scene events show it."""

    id: str
    object: Literal["video"] = "video"
    status: Status
    stage: StageName | None = Field(description="the stage at work; null when ended")
    progress: int = Field(description="per cent, 0 to 100; 100 only when completed")
    title: str
    lane: Lane
    created_at: datetime
    completed_at: datetime | None
    revision: int
    scene_count: int
    scenes_rendered: int
    seconds: float | None = Field(description="length of the finished video")
    topic: str | None = None
    aspect: str = Field(description="shape of the frame")
    language: str = Field(description="of the narration")
    thumbnail: str | None = Field(None, description="URL of a picture of it, once it was first finished")
    scenes_degraded: int = Field(description="scenes that show their fallback")
    metadata: dict[str, str] = Field(default_factory=dict, description="the user's own names and values")
    external_id: str = Field("", description="its id in the user's own system")
    batch: str | None = Field(None, description="the id of its batch")
    parent: str | None = Field(None, description="the id of the video that it is a dub or a variant of")
    error: ProblemBody | None
    waiting: Wait | None = Field(None, description="what the video, or the scene that waits longest, waits for")
    urls: VideoUrls


class UsageItem(BaseModel):
    """The usage of one model, voice or renderer for a video, failed attempts included."""

    kind: Literal["model", "voice", "render"]
    name: str
    task: str = Field("", description="a model's task: script, code, repair, …; empty for others")
    requests: int
    input: int = Field(description="prompt tokens, cached ones included")
    cached: int
    thinking: int
    output: int
    characters: int
    cpu_seconds: float
    cost_usd: float


class VideoUsage(BaseModel):
    """The usage of a video so far, over all its revisions."""

    cost_usd: float
    tokens: int
    characters: int
    items: list[UsageItem]


class Video(VideoSummary):
    """A video with all its scenes and files."""

    script_revision: int | None
    options: VideoOptionsInForce
    scenes: list[SceneState]
    outputs: list[OutputFile]
    notes: list[VideoNote] = Field(
        [], description="doubts, voices that could not be used, letters without a font, and hints for the script"
    )
    usage: VideoUsage
    trace_id: str | None = Field(
        None, description="the trace of the request that began this revision: logs and traces are found by it"
    )
    timings: VideoTimings
    queue: QueuePlace | None = Field(None, description="null where it waits for nobody; only when a video is read")
    eta: Eta | None = Field(None, description="null where it is not known; only when a video is read")


class VideoList(BaseModel):
    """One page of videos, newest first."""

    object: Literal["list"] = "list"
    data: list[VideoSummary]
    has_more: bool
    next_cursor: str | None = Field(description="send as `after` for the next page")
