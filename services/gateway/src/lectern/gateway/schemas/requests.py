"""Request bodies. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, field_validator, model_validator
from pydantic_core import PydanticCustomError

from lectern.contracts.options import (
    DEFAULT_MUSIC,
    DOCUMENT_LIMIT,
    MUSIC,
    TOPIC_LIMIT,
    Captions,
    Lane,
    Sounds,
    Theme,
)
from lectern.contracts.plain_text import is_visible
from lectern.contracts.quality import Aspect, Quality
from lectern.contracts.script import MAX_DIRECTION_CHARACTERS
from lectern.gateway.schemas.brands import BrandRequest, find_colour_fault
from lectern.gateway.schemas.descriptions import ExternalId, Metadata, OwnTitle
from lectern.gateway.schemas.request_body import RequestBody
from lectern.gateway.schemas.texts import TOPIC_PATTERN, Line, Lines, normalize_asset_names, normalize_line

MAX_BEAT_CHARACTERS = 2000  # about two minutes of speech
MAX_BEATS = 40  # of a scene
MAX_ASSETS = 64  # images of a document
MAX_TAG_CHARACTERS = 35  # of a language tag, as RFC 5646 (section 4.4.1) recommends

_HASH = r"^[0-9a-f]{64}$"
AssetId = Annotated[str, Field(pattern=_HASH)]
LanguageTag = Annotated[
    str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=MAX_TAG_CHARACTERS, examples=["de"])
]
VOICE_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,79}"
VoiceName = Annotated[str, Field(pattern=f"^{VOICE_PATTERN}$")]
ToWhole = BeforeValidator(lambda value: int(value) if _is_whole(value) else value)
Whole = Annotated[int, ToWhole]
ScriptRevision = Annotated[int, Field(ge=1), ToWhole]
MusicName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        json_schema_extra={"anyOf": [{"enum": [*MUSIC]}, {"type": "string", "pattern": _HASH}]},
    ),
]
CostLimit = Annotated[float, Field(gt=0, le=1000)]


def _is_whole(value: object) -> bool:
    """JSON has one kind of number: 3.0 is the integer 3."""
    return isinstance(value, float) and value.is_integer()


class SentDocument(RequestBody):
    """A lesson written in Markdown, with the images it names."""

    markdown: Lines = Field(
        description=f"the lesson, up to {DOCUMENT_LIMIT} characters",
        examples=["# Photosynthesis"],
        json_schema_extra={"minLength": 1, "maxLength": DOCUMENT_LIMIT},
    )
    assets: dict[str, AssetId] = Field(
        default_factory=dict,
        max_length=MAX_ASSETS,
        description=f"image name as the document writes it -> id from POST /v1/assets; at most {MAX_ASSETS}",
    )

    @field_validator("markdown")
    @classmethod
    def _check_length(cls, value: str) -> str:
        if not is_visible(value):
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
    def _check_names(cls, value: dict[str, str]) -> dict[str, str]:
        return normalize_asset_names(value)


NOTHING_TO_BURN: dict[str, JsonValue] = {
    "required": ["captions", "burn_captions"],
    "properties": {"captions": {"const": "off"}, "burn_captions": {"const": True}},
}
"""What no request may ask for: captions drawn into the picture, and none."""


class VideoRequestOptions(RequestBody):
    """The look and sound of the video."""

    model_config = ConfigDict(json_schema_extra={"not": NOTHING_TO_BURN})

    quality: Quality = Field("standard", description="draft 480p15, standard 720p30, high 1080p60, ultra 2160p60")
    aspect: Aspect = Field("16:9", description="shape of the frame")
    voice: VoiceName | None = Field(
        None,
        description="a voice's name, or a locale such as en-GB for its default; the language's own if absent",
    )
    speaking_rate: float = Field(1.0, ge=0.5, le=2.0, description="1.0 is the voice's own pace")
    language: LanguageTag | None = Field(None, description="BCP-47 language of the narration; the voice's if absent")
    captions: Captions = Field("plain", description="plain lines, karaoke (highlights the spoken word), or off")
    theme: Theme = Field(
        "dark", description="colours of the video: dark (or midnight), light (or paper), chalkboard, contrast"
    )
    brand: BrandRequest | None = Field(None, description="colours, font and logo of the sender; none if absent")
    cards: bool = Field(True, description="open the film with its question, and close it with its idea and sources")
    review: bool = Field(False, description="wait for POST …/approve once the script is written")
    burn_captions: bool = Field(False, description="draw captions into the video instead of beside it")
    music: MusicName | None = Field(
        DEFAULT_MUSIC,
        description=f"soft background music: {', '.join(MUSIC)}, the id of a track from POST /v1/assets, or none",
    )
    sounds: Sounds = Field("on", description="soft sounds where things are drawn, appear or move; or off")
    critique: bool | None = Field(
        None,
        description="have a vision model look at each scene that a model drew, and repair once what it finds serious; "
        "by default where a vision model is set up",
    )
    max_cost_usd: CostLimit | None = Field(
        None, description="models and voices stop before the video costs more; no limit if absent"
    )

    @model_validator(mode="after")
    def _check_captions(self) -> VideoRequestOptions:
        if self.burn_captions and self.captions == "off":
            raise PydanticCustomError(
                "nothing-to-burn",
                'captions are off, so there are none to burn in; send "captions": "plain" or "karaoke"',
            )
        return self

    @model_validator(mode="after")
    def _check_brand(self) -> VideoRequestOptions:
        if self.brand and (fault := find_colour_fault(self.theme, self.brand.colours)):
            raise PydanticCustomError("brand-colour", "brand: {fault}", {"fault": fault})
        return self


class VideoRequest(RequestBody):
    """A request for a video about exactly one of `topic` and `document`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [one], "properties": {one: {"not": {"type": "null"}}, other: {"type": "null"}}}
                for one, other in (("topic", "document"), ("document", "topic"))
            ]
        }
    )

    topic: str | None = Field(
        None,
        description=f"a question or a phrase, up to {TOPIC_LIMIT} characters",
        json_schema_extra={
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": TOPIC_LIMIT, "pattern": TOPIC_PATTERN},
                {"type": "null"},
            ]
        },
    )
    document: SentDocument | None = None
    options: VideoRequestOptions = Field(default_factory=VideoRequestOptions)
    lane: Lane = Field("fast", description="bulk is served after everything in fast")
    audience: Line = Field("general", min_length=1, max_length=80, description="who it is for")
    target_seconds: Whole = Field(0, ge=0, le=900, description="target length in seconds; 0 leaves it open")
    scenes: Whole = Field(0, ge=0, le=20, description="target number of scenes; 0 leaves it open")
    tone: Line = Field("", max_length=80, description="how it should sound, such as warm or matter-of-fact")
    style: Literal["narration", "dialogue"] = Field("narration", description="one narrator, or two people talking")
    search: bool = Field(False, description="research the topic first, and cite the sources")
    title: OwnTitle = Field("", description="its title in lists; the script's own if empty")
    metadata: Metadata = Field(default_factory=dict)
    external_id: ExternalId = Field("", description="its id in your own system; lists can be filtered by it")

    @field_validator("topic")
    @classmethod
    def _check_topic(cls, value: str | None) -> str | None:
        if value is None:
            return None
        topic = " ".join(normalize_line(" ".join(value.split())).split())
        if not is_visible(topic):
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
    def _check_source(self) -> VideoRequest:
        if self.topic is None and self.document is None:
            raise PydanticCustomError(
                "no-source", 'there is nothing to explain: send "topic" (a question) or "document" (a Markdown lesson)'
            )
        if self.topic is not None and self.document is not None:
            raise PydanticCustomError(
                "two-sources", 'both "topic" and "document" were sent; keep the one to make the video from'
            )
        return self


class DubRequest(RequestBody):
    """The language of a dub, and how to make it."""

    language: LanguageTag = Field(description="BCP-47 language of the new narration")
    voice: VoiceName | None = Field(None, description="a voice; the language's own if absent")
    document: SentDocument | None = Field(
        None, description="your translation of the script as Markdown: same scenes, same paragraphs; else a model's"
    )
    review: bool = Field(False, description="wait for POST …/approve once the script is translated")
    max_cost_usd: CostLimit | None = Field(
        None, description="models and voices stop before the video costs more; no limit if absent"
    )


class CancelRequest(RequestBody):
    """The reason for a cancellation."""

    reason: Lines = Field("", max_length=500)


class ApproveRequest(RequestBody):
    """The script that is approved."""

    script_revision: ScriptRevision | None = Field(
        None, description="refused if the script is at another revision by now"
    )


class RedoRequest(RequestBody):
    """Changes to a scene; without any it is made afresh from the same words. They stay until they are changed."""

    direction: Lines | None = Field(
        None,
        max_length=MAX_DIRECTION_CHARACTERS,
        description="what you want to see, in your own words, for a model that draws; empty takes it back",
        examples=["Show it as a number line."],
    )
    voice: str | None = Field(
        None,
        pattern=f"^({VOICE_PATTERN})?$",
        description="a voice or a locale that speaks this scene alone; empty for the video's own",
        examples=["en-GB"],
    )
    narration: list[Annotated[Lines, Field(min_length=1, max_length=MAX_BEAT_CHARACTERS)]] | None = Field(
        None, min_length=1, max_length=MAX_BEATS, description="the scene's new narration, one text per beat"
    )
