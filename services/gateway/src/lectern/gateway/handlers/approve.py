"""Approving a script that waits for its user."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.gateway.handlers.script_events import check_revision, get_script_event, refuse_ended_review
from lectern.gateway.refusals import refuse_state


def approve(log: VideoLog, script_revision: int | None = None) -> e.ScriptApproved | None:
    """Start making every scene of the script; None if it was approved before.

    Raises a 409 when there is nothing to approve, or when the script is no longer at `script_revision`.
    """
    script = get_script_event(log.state)
    check_revision(script, script_revision)
    if isinstance(script, e.ScriptApproved):
        return None
    if not log.state.awaits_approval():
        raise refuse_state(
            "This video does not wait for approval.", 'Request a video with "review": true to approve its script.'
        )
    refuse_ended_review(log.state)
    return e.ScriptApproved(
        video_id=log.video_id,
        owner=log.owner,
        lane=log.lane,
        revision=log.state.revision(),
        script_key=script.script_key,
        title=script.title,
        scenes=script.scenes,
        plan=tuple(range(1, len(script.scenes) + 1)),
        options=script.options,
        assets=script.assets,
        doubts=script.doubts,
        hints=script.hints,
    )
