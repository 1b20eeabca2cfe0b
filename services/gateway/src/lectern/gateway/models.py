"""The JSON of the API: bodies that are taken (`extra` fields refused) and objects that are answered."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from lectern.contracts.options import DOCUMENT_LIMIT, MUSIC, TOPIC_LIMIT, Captions, Lane
from lectern.contracts.quality import Aspect, Quality

_ASSET_NAME = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[^\x00-\x1f\x7f\\/][^\x00-\x1f\x7f\\]{0,199}")
NARRATION_LIMIT = 2000  # characters of one beat: about two minutes of speech


class Body(BaseModel):
    """A request body. Unknown fields are refused, with the nearest known name."""

    model_config = ConfigDict(extra="forbid")


class Document(Body):
    """A lesson written in Markdown, with the pictures it names."""

    markdown: str = Field(description=f"the lesson, up to {DOCUMENT_LIMIT} characters", examples=["# Photosynthesis"])
    assets: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        default_factory=dict, description="picture name as the document writes it -> id from POST /v1/assets"
    )

    @field_validator("markdown")
    @classmethod
    def _fits(cls, value: str) -> str:
        if not value.strip():
            raise PydanticCustomError("empty", "the document is empty; write at least one heading and one sentence")
        if len(value) > DOCUMENT_LIMIT:
            raise PydanticCustomError(
                "document-too-long",
                "the document has {length} characters, {over} more than the {limit} that fit; "
                "split it into several videos",
                {"length": len(value), "over": len(value) - DOCUMENT_LIMIT, "limit": DOCUMENT_LIMIT},
            )
        return value

    @field_validator("assets")
    @classmethod
    def _names(cls, value: dict[str, str]) -> dict[str, str]:
        names = {name: re.sub(r"^(\./)+", "", name) for name in value}
        for name, path in names.items():
            if not _ASSET_NAME.fullmatch(path):
                raise PydanticCustomError(
                    "asset-name",
                    "{name} cannot name a picture; use a relative path like images/leaf.png without '..'",
                    {"name": repr(name[:60])},
                )
        return {path: value[name] for name, path in names.items()}


class Options(Body):
    """How the video should look and sound."""

    quality: Quality = Field("standard", description="draft 480p15, standard 720p30, high 1080p60, ultra 2160p60")
    aspect: Aspect = Field("16:9", description="shape of the frame")
    voice: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:+-]{0,79}$",
        description="a voice's name, or a locale such as en-GB for its default voice; the language's own if absent",
    )
    speaking_rate: float = Field(1.0, ge=0.5, le=2.0, description="1.0 is the voice's own pace")
    language: str | None = Field(
        None,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="BCP-47 language of the narration; the voice's if absent",
    )
    captions: Captions = Field("plain", description="plain lines, karaoke (the spoken word lit), or off")
    theme: Literal["dark", "light"] = Field("dark", description="colours of the picture")
    review: bool = Field(False, description="wait for POST …/approve once the script is written")
    burn_captions: bool = Field(False, description="draw captions into the picture instead of beside it")
    music: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        description=f"music beneath the voice: {', '.join(MUSIC)}, or the id of a track from POST /v1/assets",
    )
    critique: bool = Field(
        False, description="a vision model looks at each scene that a model drew; what it finds serious is mended once"
    )
    max_cost_usd: float | None = Field(
        None, gt=0, le=1000, description="models and voices stop before the video costs more; no limit if absent"
    )

    @model_validator(mode="after")
    def _captions_to_burn(self) -> Options:
        if self.burn_captions and self.captions == "off":
            raise PydanticCustomError(
                "nothing-to-burn",
                'captions are off, so there are none to burn in; send "captions": "plain" or "karaoke"',
            )
        return self


class VideoRequest(Body):
    """What to make: exactly one of `topic` and `document`."""

    topic: str | None = Field(None, description=f"a question or a phrase, up to {TOPIC_LIMIT} characters")
    document: Document | None = None
    options: Options = Field(default_factory=Options)
    lane: Lane = Field("fast", description="bulk is served after everything in fast")
    audience: str = Field("general", min_length=1, max_length=80, description="whom to explain it to")
    target_seconds: int = Field(0, ge=0, le=900, description="wished length in seconds; 0 leaves it open")
    scenes: int = Field(0, ge=0, le=20, description="wished number of scenes; 0 leaves it open")
    tone: str = Field("", max_length=80, description="how it should sound, such as warm or matter-of-fact")
    style: Literal["narration", "dialogue"] = Field("narration", description="one voice that tells, or two that talk")
    search: bool = Field(False, description="look the topic up first, and cite what was found")

    @field_validator("topic")
    @classmethod
    def _topic(cls, value: str | None) -> str | None:
        if value is None:
            return None
        topic = " ".join(value.split())
        if not topic:
            raise PydanticCustomError(
                "empty", "the topic is empty; ask a question such as 'How does photosynthesis work?'"
            )
        if len(topic) > TOPIC_LIMIT:
            raise PydanticCustomError(
                "topic-too-long",
                "this has {length} characters and reads like a document, not a topic (up to {limit}); "
                'send it as "document": {"markdown": "…"} instead',
                {"length": len(topic), "limit": TOPIC_LIMIT},
            )
        return topic

    @model_validator(mode="after")
    def _one_source(self) -> VideoRequest:
        if self.topic is None and self.document is None:
            raise PydanticCustomError(
                "no-source", 'say what to explain: send "topic" (a question) or "document" (a Markdown lesson)'
            )
        if self.topic is not None and self.document is not None:
            raise PydanticCustomError(
                "two-sources", 'both "topic" and "document" were sent; keep the one the video should be made from'
            )
        return self


class DubRequest(Body):
    """In which language, and how."""

    language: str = Field(
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP-47 language of the new narration"
    )
    voice: str | None = Field(
        None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:+-]{0,79}$", description="a voice; the language's own if absent"
    )
    document: Document | None = Field(
        None, description="your translation of the script as Markdown: same scenes, same paragraphs; else a model's"
    )
    review: bool = Field(False, description="wait for POST …/approve once the script is translated")
    max_cost_usd: float | None = Field(
        None, gt=0, le=1000, description="models and voices stop before the video costs more; no limit if absent"
    )


class Cancel(Body):
    """Why a video is no longer wanted."""

    reason: str = Field("", max_length=500)


class Approve(Body):
    """Which script is approved."""

    script_revision: int | None = Field(None, ge=1, description="refused when the script has another revision by now")


class Redo(Body):
    """What should be different about the scene; nothing makes it afresh from the same words."""

    narration: list[Annotated[str, Field(min_length=1, max_length=NARRATION_LIMIT)]] | None = Field(
        None, min_length=1, max_length=40, description="the scene's new narration, one text per beat"
    )


class FieldProblem(BaseModel):
    """One field that was refused."""

    pointer: str = Field(description="JSON pointer into the body, `?name` of a query parameter, or `line 12`")
    detail: str


class ProblemBody(BaseModel):
    """A problem: the body of every error, and the `error` of a video or scene (then without status and instance)."""

    type: str
    title: str
    status: int | None = None
    detail: str
    instance: str | None = Field(None, description="the request's id, as in X-Request-Id")
    code: str = Field(description="stable name, for programs")
    remedy: str = Field(description="what to do about it")
    stage: str | None = None
    scene: int | None = None
    attempt: int | None = None
    retryable: bool = False
    errors: list[FieldProblem] = []


class OptionsEcho(BaseModel):
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
    critique: bool
    max_cost_usd: float | None


class Attempt(BaseModel):
    """One version of a scene's code that a model wrote, and what ended it; the last one that passed has no finding."""

    number: int
    strategy: str = Field(description="draft, or how the repair went: lines, block, scene, simpler")
    rule: str = ""
    finding: str = ""
    line: int | None = None


class Scene(BaseModel):
    """One scene, and how far it is."""

    number: int
    title: str
    status: Literal["waiting", "planned", "narrated", "coded", "rendered", "failed"]
    seconds: float | None = Field(None, description="length, known once it is narrated")
    footage: str | None = Field(None, description="its silent picture, as soon as it is rendered")
    origin: str | None = Field(None, description="where its code comes from: author, template or model")
    attempts: list[Attempt] = Field([], description="what a model tried; empty where none was asked")
    degraded: ProblemBody | None = Field(None, description="why it is only a template, when it is")
    error: ProblemBody | None = None


class OutputFile(BaseModel):
    """One finished file."""

    kind: str
    url: str
    media_type: str
    bytes: int


class Urls(BaseModel):
    """Where everything about a video is. Relative to the API's own address."""

    self: str
    events: str
    cancel: str
    script: str | None
    content: str | None


class VideoSummary(BaseModel):
    """A video as lists and scene events show it."""

    id: str
    object: Literal["video"] = "video"
    status: Literal["queued", "in_progress", "awaiting_approval", "completed", "failed", "cancelled"]
    stage: str | None = Field(description="scripting, review, voicing, coding, rendering, composing; null when ended")
    progress: int = Field(description="per cent, 0 to 100; 100 only when completed")
    title: str
    lane: Lane
    created_at: datetime
    completed_at: datetime | None
    revision: int
    scene_count: int
    scenes_rendered: int
    seconds: float | None = Field(description="length of the finished video")
    error: ProblemBody | None
    urls: Urls


class Video(VideoSummary):
    """A video with all its scenes and files."""

    topic: str | None
    script_revision: int | None
    options: OptionsEcho
    scenes: list[Scene]
    outputs: list[OutputFile]
    usage: Usage


class VideoList(BaseModel):
    """One page of videos, newest first."""

    object: Literal["list"] = "list"
    data: list[VideoSummary]
    has_more: bool
    next_cursor: str | None = Field(description="send as `after` for the next page")


class Voice(BaseModel):
    """A voice that can be asked for."""

    id: str
    language: str = Field(description="BCP-47; mul for a voice that speaks many, empty for one that says nothing")
    gender: str
    engine: str
    timing: str = Field(description="how exact word times are: exact, aligned or estimated")
    usd_per_million: float = Field(0.0, description="list price of a million characters")


class VoiceList(BaseModel):
    """Every voice that can be asked for now."""

    object: Literal["list"] = "list"
    data: list[Voice]


class UsageItem(BaseModel):
    """What one model, voice or renderer used for a video, failed attempts included."""

    kind: Literal["model", "voice", "render"]
    name: str
    task: str = Field("", description="what a model was asked for: script, code, repair, …; empty for others")
    requests: int
    input: int = Field(description="prompt tokens, cached ones included")
    cached: int
    thinking: int
    output: int
    characters: int
    cpu_seconds: float
    cost_usd: float


class Usage(BaseModel):
    """What a video has cost so far, over all its revisions."""

    cost_usd: float
    tokens: int
    characters: int
    items: list[UsageItem]


class Asset(BaseModel):
    """A picture or a track that was stored."""

    id: str = Field(description="SHA-256 of the bytes; the same file has the same id")
    media_type: str
    bytes: int


class ScriptDocument(BaseModel):
    """A video's script. PUT takes it back in the same form; `revision` then guards against lost edits."""

    revision: int
    approved: bool
    title: str
    language: str
    scenes: list[dict[str, Any]]
    sources: list[str]
