"""A script as the API sends and accepts it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from lectern.contracts.script import (
    MAX_CAST_CHARACTERS,
    MAX_DIRECTION_CHARACTERS,
    AnyVisual,
    Form,
    Script,
    Transition,
    Visual,
)
from lectern.gateway.schemas.requests import MAX_BEATS, VOICE_PATTERN

MAX_SCENES = 60  # more is a course, not a video
MAX_TITLE_CHARACTERS = 200
REF_TEMPLATE = "#/components/schemas/{name}"

# The contract's own schemas: of every visual, and of what PUT accepts, where fields with a default may be left out.
(_VISUAL_SCHEMA, _), CONTRACT_SCHEMAS = msgspec.json.schema_components((AnyVisual, Script), ref_template=REF_TEMPLATE)
for _schema in CONTRACT_SCHEMAS.values():
    if "properties" in _schema:
        _schema["additionalProperties"] = False
_SCRIPT_SCHEMA = CONTRACT_SCHEMAS.pop("Script")
_SCRIPT_SCHEMA["properties"]["title"] |= {"minLength": 1, "maxLength": MAX_TITLE_CHARACTERS}
_SCRIPT_SCHEMA["properties"]["cast"] |= {"maxLength": MAX_CAST_CHARACTERS}
_SCRIPT_SCHEMA["properties"]["scenes"] |= {"minItems": 1, "maxItems": MAX_SCENES}
CONTRACT_SCHEMAS["Scene"]["properties"]["beats"] |= {"minItems": 1, "maxItems": MAX_BEATS}
CONTRACT_SCHEMAS["Scene"]["properties"]["voice"] |= {"pattern": f"^({VOICE_PATTERN})?$"}
CONTRACT_SCHEMAS["ScenePlan"]["properties"]["direction"] |= {"maxLength": MAX_DIRECTION_CHARACTERS}
CONTRACT_SCHEMAS["Scene"]["properties"]["title"] |= {"maxLength": MAX_TITLE_CHARACTERS}
CONTRACT_SCHEMAS["ScriptEdit"] = {
    **_SCRIPT_SCHEMA,
    "title": "ScriptEdit",
    "description": "A script as GET returns it; fields that are left out have their defaults, but a cast stays.",
    "properties": {
        "revision": {"type": "integer", "description": "refused if the script is at another revision by now"},
        "approved": {"type": "boolean", "description": "ignored"},
        "hints": {"type": "array", "items": {}, "description": "ignored"},
        **_SCRIPT_SCHEMA["properties"],
    },
}


def _to_json(visual: object) -> object:
    return msgspec.to_builtins(visual) if isinstance(visual, Visual) else visual


VisualJson = Annotated[dict[str, Any], BeforeValidator(_to_json), WithJsonSchema(_VISUAL_SCHEMA)]


class ScriptBeat(BaseModel):
    """One or two sentences of narration. `spoken`, if not empty, is read aloud in place of `text`.

    `pause` is the silence after its last word, in seconds; 0 is the usual short one.
    """

    model_config = ConfigDict(from_attributes=True)

    text: str
    spoken: str
    show: str
    speaker: str
    pause: float


class ScriptScenePlan(BaseModel):
    """What a scene is for, told to whoever draws it. `form` is the kind of drawing, "" leaves it open; `direction` is
    what its user wants to see. `carries` names what goes on into the next scene, `transition` is how this one follows
    the scene before.
    """

    model_config = ConfigDict(from_attributes=True)

    idea: str
    purpose: str
    shows: str
    form: Form
    direction: str
    carries: list[str]
    transition: Transition


class ScriptScene(BaseModel):
    """A titled part of the video. `voice`, if not empty, speaks this scene alone."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    beats: list[ScriptBeat]
    visual: VisualJson | None
    plan: ScriptScenePlan
    voice: str


class ScriptSymbol(BaseModel):
    """A name that keeps its colour and meaning through all scenes."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    colour: str
    meaning: str


class ScriptText(BaseModel):
    """The text of a script, with every field in it. `cast` is Python that the code of all scenes may use."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    language: str
    angle: str
    question: str
    idea: str
    audience: str
    scenes: list[ScriptScene]
    sources: list[str]
    pronunciations: dict[str, str]
    symbols: list[ScriptSymbol]
    doubts: list[str]
    cast: str


class ScriptHint(BaseModel):
    """Something to look at before it is spoken, though nothing is wrong. More codes may be added."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(description="misreading: a word that a voice may say wrongly; no-pause: a long film without one")
    text: str
    scene: int = Field(description="its number; 0 is the whole script")
    beat: int = Field(description="its place in the scene, from 1; 0 is the whole scene")


class ScriptDocument(ScriptText):
    """A video's script. PUT accepts it in the same form, without its hints; `revision` guards against lost edits."""

    revision: int
    approved: bool
    hints: list[ScriptHint] = Field([], description="words that a voice may say wrongly, and a film without a silence")
