"""Making one scene again."""

from __future__ import annotations

import msgspec

from lectern.contracts.log import VideoLog
from lectern.contracts.script import Beat, Scene, Script
from lectern.gateway.handlers.script_events import (
    ScriptChange,
    follow_changes,
    get_script_event,
    refuse_unapproved,
    replace_scene,
    replace_script,
    start_revision,
)
from lectern.gateway.refusals import refuse_unknown_scene
from lectern.gateway.schemas import RedoRequest
from lectern.gateway.script_input import check_script


def redo(log: VideoLog, script: Script, number: int, request: RedoRequest | None = None) -> ScriptChange:
    """Make a scene again, counted from 1: as the request changes it, or afresh where nothing changes.

    Raises a 409 while the script waits for approval, a 404 for a scene it does not have, and a 422 for narration that
    is too long.
    """
    event = get_script_event(log.state)
    refuse_unapproved(log.state)
    if not 1 <= number <= len(script.scenes):
        raise refuse_unknown_scene(number, len(script.scenes))
    changed = replace_scene(script, number, _change(script.scene(number), request or RedoRequest()))
    if changed == script:
        numbers = follow_changes(log, script, [number])
        return ScriptChange(event=start_revision(log, event, numbers, fresh=[number]))
    check_script(changed)
    numbers = follow_changes(log, changed, [number])
    return ScriptChange(event=start_revision(log, replace_script(event, changed), numbers), script=changed)


def _change(scene: Scene, request: RedoRequest) -> Scene:
    """The scene as its user wants it. A beat whose text stays keeps its spoken form."""
    known = {beat.text: beat for beat in scene.beats}
    beats = tuple(known.get(text, Beat(text=text)) for text in request.narration or ())
    direction = scene.plan.direction if request.direction is None else " ".join(request.direction.split())
    return msgspec.structs.replace(
        scene,
        beats=beats or scene.beats,
        plan=msgspec.structs.replace(scene.plan, direction=direction),
        voice=scene.voice if request.voice is None else request.voice,
    )
