"""The event whose script is in force, the checks that precede a change of it, and the events that begin a revision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.carrying import list_followers, waits_for_scene_before
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Scene, Script
from lectern.contracts.state import VideoState
from lectern.gateway import problem_types
from lectern.gateway.refusals import refuse, refuse_state, refuse_unknown_scene
from lectern.language.words import count_words
from lectern.markdown import write_notes

ScriptEvent: TypeAlias = e.VideoScripted | e.ScriptApproved


class ScriptChange(msgspec.Struct, frozen=True, kw_only=True):
    """The event that begins a revision. `script` is to be stored under the event's key first; None: it is stored."""

    event: ScriptEvent
    script: Script | None = None


def get_script_event(state: VideoState) -> ScriptEvent:
    """The event whose script is in force. Raises a 409 before there is one."""
    event = state.script()
    if event is None:
        ended = state.status() in ("failed", "cancelled")
        remedy = "POST …/retry to start over." if ended else "Wait for the event video.scripted, then try again."
        raise refuse_state("The video has no script yet.", remedy)
    return event


def check_revision(event: ScriptEvent, seen: int | None) -> None:
    """Raises a 409 when the script has changed since its editor saw revision `seen`."""
    if seen is not None and seen != event.revision:
        raise refuse(problem_types.STALE_SCRIPT, _describe_revisions(event, seen))


def check_etag(event: ScriptEvent, seen: int | None) -> None:
    """Raises a 412 when the script has changed since its editor saw revision `seen`."""
    if seen is not None and seen != event.revision:
        raise refuse(problem_types.PRECONDITION_FAILED, _describe_revisions(event, seen))


def _describe_revisions(event: ScriptEvent, seen: int) -> str:
    return f"You saw revision {seen} of the script; it is now at revision {event.revision}."


def refuse_ended_review(state: VideoState) -> None:
    """Raises a 409 if the video has ended while its script waited for approval."""
    if state.outcome() is not None:
        raise refuse_state(
            f"The video was {state.status()} while its script waited for approval.", "POST …/retry to resume it."
        )


def replace_script(event: ScriptEvent, script: Script) -> ScriptEvent:
    """The event with another script in it."""
    return msgspec.structs.replace(
        event,
        script_key=keys.script(event.video_id, keys.digest(script)),
        title=script.title,
        scenes=tuple(
            e.SceneTitle(
                title=scene.title,
                words=sum(count_words(beat.spoken_text()) for beat in scene.beats),
                direction=scene.plan.direction,
                waits=waits_for_scene_before(script, number),
            )
            for number, scene in enumerate(script.scenes, start=1)
        ),
        doubts=script.shorten_doubts(),
        hints=write_notes(script),
    )


def review_again(log: VideoLog, script: ScriptEvent) -> e.VideoScripted:
    """Begin the next revision by waiting for approval."""
    return e.VideoScripted(
        video_id=log.video_id,
        owner=log.owner,
        lane=log.lane,
        revision=log.state.revision() + 1,
        script_key=script.script_key,
        title=script.title,
        scenes=script.scenes,
        options=script.options,
        assets=script.assets,
        doubts=script.doubts,
        hints=script.hints,
        review=True,
    )


def follow_changes(log: VideoLog, script: Script, changed: Iterable[int], *, recast: bool = False) -> list[int]:
    """The scenes that changed, and those that look different for it: they go on with things of a changed scene, or use
    a cast that is another one now."""
    numbers = set(changed)
    codes = [(number, log.state.scene(number).code()) for number in range(1, len(script.scenes) + 1)]
    return sorted(numbers | list_followers(script, codes, numbers, recast=recast))


def start_revision(
    log: VideoLog,
    script: ScriptEvent,
    scenes: Iterable[int],
    *,
    fresh: Iterable[int] = (),
    resumed: Iterable[int] = (),
    chosen: tuple[e.ChosenTake, ...] = (),
) -> e.ScriptApproved:
    """Begin the next revision, in which `scenes` are made.

    After a failure or cancellation every scene that was never rendered joins them. For those among them that are
    `fresh` nothing is reused, even though nothing changed. `chosen` are the takes that scenes among them get back
    instead of being made. What is `resumed`, or joins, goes on as it was planned: afresh, or with the take that was
    chosen for it.
    """
    state = log.state
    stopped = isinstance(state.outcome(), e.VideoFailed | e.VideoCancelled)
    abandoned = {
        number for number in range(1, len(script.scenes) + 1) if stopped and state.scene(number).status() != "rendered"
    }
    changed = {*scenes}
    others = ({*resumed} | abandoned) - changed
    plan = tuple(sorted(changed | others))
    kept = tuple(take for number in sorted(others) if (take := log.find_chosen_take(number)))
    salts = {number: salt for number in plan if (salt := log.find_salt(number))}
    approved = e.ScriptApproved(
        video_id=log.video_id,
        owner=log.owner,
        lane=log.lane,
        revision=state.revision() + 1,
        script_key=script.script_key,
        title=script.title,
        scenes=script.scenes,
        plan=plan,
        options=script.options,
        assets=script.assets,
        doubts=script.doubts,
        hints=script.hints,
        chosen=(*chosen, *kept),
    )
    anew = dict.fromkeys(fresh, e.message_id(approved))
    return msgspec.structs.replace(approved, salts={**salts, **anew})


def refuse_unapproved(state: VideoState) -> None:
    """Raises a 409 while the script waits for approval."""
    if state.awaits_approval():
        raise refuse_state("The script waits for approval.", "Edit it with PUT …/script, then POST …/approve.")


def replace_scene(script: Script, number: int, scene: Scene) -> Script:
    """The script with another scene in this place, counted from 1. Raises a 404 for a place it does not have."""
    if not 1 <= number <= len(script.scenes):
        raise refuse_unknown_scene(number, len(script.scenes))
    return msgspec.structs.replace(script, scenes=(*script.scenes[: number - 1], scene, *script.scenes[number:]))
