"""Making one scene again."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.contracts.log import VideoLog
from lectern.contracts.script import Beat, Script
from lectern.gateway.handlers.script_events import ScriptChange, get_script_event, replace_script, start_revision
from lectern.gateway.refusals import refuse_state, refuse_unknown_scene
from lectern.gateway.script_input import check_script


def redo(log: VideoLog, script: Script, number: int, narration: Sequence[str] | None = None) -> ScriptChange:
    """Make a scene again, counted from 1: with new `narration`, one text per beat, or afresh from the same words.

    Raises a 409 while the script waits for approval, a 404 for a scene it does not have, and a 422 for narration that
    is too long.
    """
    event = get_script_event(log.state)
    if log.state.awaits_approval():
        raise refuse_state("The script waits for approval.", "Edit it with PUT …/script, then POST …/approve.")
    if not 1 <= number <= len(script.scenes):
        raise refuse_unknown_scene(number, len(script.scenes))
    reworded = _reword(script, number, narration) if narration else script
    if reworded == script:
        return ScriptChange(event=start_revision(log, event, [number], fresh=True))
    check_script(reworded)
    return ScriptChange(event=start_revision(log, replace_script(event, reworded), [number]), script=reworded)


def _reword(script: Script, number: int, narration: Sequence[str]) -> Script:
    """Give one scene new words. A beat whose text stays keeps its spoken form."""
    scene = script.scene(number)
    known = {beat.text: beat for beat in scene.beats}
    beats = tuple(known.get(text, Beat(text=text)) for text in narration)
    scenes = list(script.scenes)
    scenes[number - 1] = msgspec.structs.replace(scene, beats=beats)
    return msgspec.structs.replace(script, scenes=tuple(scenes))
