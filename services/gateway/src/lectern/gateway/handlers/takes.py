"""The takes of a scene: finding one, and putting it back in force."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Script
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


def list_takes(state: VideoState, number: int) -> list[tuple[int, e.SceneRendered]]:
    """The takes of a scene with their revisions, newest first. Raises a 404 for a scene the script does not have."""
    count = state.scene_count()
    if not 1 <= number <= count:
        raise refuse_unknown_scene(number, count)
    return sorted(state.takes.get(number, {}).items(), reverse=True)


def find_take(state: VideoState, number: int, revision: int) -> e.SceneRendered:
    """A take of a scene. Raises a 404."""
    takes = dict(list_takes(state, number))
    if revision not in takes:
        known = ", ".join(map(str, takes)) or "none yet"
        raise refuse(
            problem_types.NO_SUCH_TAKE,
            f"Scene {number} was not rendered in revision {revision}.",
            f"Its takes are of the revisions: {known}.",
        )
    return takes[revision]


def choose(log: VideoLog, script: Script, number: int, revision: int, script_of_take: Script) -> ScriptChange | None:
    """Put a take back in force, its words included; None if it is. Nothing of it is made again.

    Raises a 404 for a take that does not exist, and a 409 while the script waits for approval, or for one in another
    language than the script's.
    """
    event = get_script_event(log.state)
    refuse_unapproved(log.state)
    take = find_take(log.state, number, revision)
    if script_of_take.language != script.language:
        raise refuse_state(
            f"The take is in {script_of_take.language}, and the script is now in {script.language}.",
            f'Edit the script back to "language": "{script_of_take.language}" first.',
        )
    restored = replace_scene(script, number, script_of_take.scene(number))
    if restored == script:
        if log.state.take_in_force(number) == revision:
            return None
        numbers = follow_changes(log, script, [number])
        return ScriptChange(event=start_revision(log, event, numbers, chosen=(e.name_take(take),)))
    edited = replace_script(event, restored)
    numbers = follow_changes(log, restored, [number])
    return ScriptChange(event=start_revision(log, edited, numbers, chosen=(e.name_take(take),)), script=restored)
