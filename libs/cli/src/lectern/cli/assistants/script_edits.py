"""An assistant's edits of a script."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from lectern.client.models import ScriptBeat, ScriptDocument


class SceneEdit(BaseModel):
    """A change to one scene. What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    scene: Annotated[int, Field(ge=1, description="its number, counted from 1")]
    title: Annotated[str | None, Field(description="a new heading")] = None
    narration: Annotated[
        list[str] | None,
        Field(description="what is said, one text of one or two sentences per beat; all beats of the scene"),
    ] = None


def edit_scenes(script: ScriptDocument, edits: list[SceneEdit]) -> ScriptDocument:
    """The script with edits. Beats keep their speaker and what they show; how a text is pronounced goes with it.

    Raises ValueError for a scene that there is not.
    """
    scenes = list(script.scenes)
    for edit in edits:
        if edit.scene > len(scenes):
            raise ValueError(f"there is no scene {edit.scene}: the script has {len(scenes)}")
        scene = scenes[edit.scene - 1]
        if edit.title is not None:
            scene = msgspec.structs.replace(scene, title=edit.title)
        if edit.narration is not None:
            beats = [_make_beat(scene.beats, place, text) for place, text in enumerate(edit.narration)]
            scene = msgspec.structs.replace(scene, beats=beats)
        scenes[edit.scene - 1] = scene
    return msgspec.structs.replace(script, scenes=scenes)


def _make_beat(beats: list[ScriptBeat], place: int, text: str) -> ScriptBeat:
    if place >= len(beats):
        return ScriptBeat(text=text, spoken="", show="", speaker=beats[-1].speaker if beats else "", pause=0.0)
    if beats[place].text == text:
        return beats[place]
    return msgspec.structs.replace(beats[place], text=text, spoken="")
