"""Putting a user's own code in the place of a scene's."""

from __future__ import annotations

import msgspec

from lectern.contracts.events import CodeRef, NarrationRef
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Manim, Script
from lectern.contracts.state import VideoState
from lectern.gateway import problem_types
from lectern.gateway.handlers.script_events import (
    ScriptChange,
    follow_changes,
    get_script_event,
    refuse_unapproved,
    replace_scene,
    replace_script,
    start_revision,
)
from lectern.gateway.refusals import refuse, refuse_state, refuse_unknown_scene


def find_code(state: VideoState, number: int) -> CodeRef:
    """The code that a scene is drawn by. Raises a 404 for a scene that does not exist, a 409 before it has any."""
    _check_number(state, number)
    code = state.scene(number).code()
    if code is None:
        raise refuse_state(
            f"Scene {number} is {state.scene(number).status()} and has no code.",
            f"Wait for scene {number} to be coded.",
        )
    return code


def find_narration(state: VideoState, number: int) -> NarrationRef:
    """The narration that a scene's code is checked with. Raises a 404 or 409 as `find_code` does."""
    _check_number(state, number)
    refuse_unapproved(state)
    narration = state.scene(number).narration()
    if narration is None:
        raise refuse_state(
            f"Scene {number} is {state.scene(number).status()}, and code is checked against its narration.",
            f"Wait for scene {number} to be narrated.",
        )
    return narration


def make_code_tag(code: CodeRef | None) -> str:
    """The ETag of a scene's code: its hash; of no code, `"none"`."""
    return f'"{code.key.rpartition("/")[2].partition(".")[0]}"' if code else '"none"'


def write_code(
    log: VideoLog, script: Script, number: int, source: str, *, checked_with: NarrationRef, if_match: str = ""
) -> ScriptChange | None:
    """Have a scene rendered from this source, which has passed its check; None if it is already.

    A direction ends with it. Raises a 412 when the code is not the one that its editor saw, and a 409 when the scene
    has got another narration than the source was checked with.
    """
    event = get_script_event(log.state)
    narration = find_narration(log.state, number)
    tag = make_code_tag(log.state.scene(number).code())
    if if_match.strip() not in ("", "*") and tag not in (each.strip() for each in if_match.split(",")):
        raise refuse(problem_types.STALE_CODE, f"You saw another code than the scene has now, {tag}.")
    if narration.key != checked_with.key:
        raise refuse(
            problem_types.CONFLICT_BUSY, "The scene got new narration while the code was being checked.", retry_after=1
        )
    scene = script.scene(number)
    plan = msgspec.structs.replace(scene.plan, direction="")
    changed = replace_scene(script, number, msgspec.structs.replace(scene, visual=Manim(source=source), plan=plan))
    if changed == script:
        rendered = log.state.scene(number).rendered
        if rendered is not None and rendered.code.origin == "author":
            return None
        return ScriptChange(event=start_revision(log, event, [number]))
    numbers = follow_changes(log, changed, [number])
    return ScriptChange(event=start_revision(log, replace_script(event, changed), numbers), script=changed)


def _check_number(state: VideoState, number: int) -> None:
    get_script_event(state)
    count = state.scene_count()
    if not 1 <= number <= count:
        raise refuse_unknown_scene(number, count)
