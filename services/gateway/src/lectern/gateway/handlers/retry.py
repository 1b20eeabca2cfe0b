"""Retrying what failed or was cancelled."""

from __future__ import annotations

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.gateway.handlers.script_events import review_again, start_revision
from lectern.gateway.refusals import refuse_state


def retry(log: VideoLog) -> e.VideoRequested | e.VideoScripted | e.ScriptApproved:
    """Make the scenes that are missing, review the script again, or start over when there is no script.

    Raises a 409 for a video that is still being made, or that has everything.
    """
    state = log.state
    unfinished = [number for number, facts in state.scenes().items() if facts.status() != "rendered"]
    if state.outcome() is None:
        raise refuse_state("The video is still being made.", "Wait for it to end, or cancel it first.")
    if isinstance(state.outcome(), e.VideoCompleted) and not unfinished:
        raise refuse_state(
            "The video is complete; nothing in it failed.", "POST …/scenes/{number}/redo makes one scene again."
        )
    script = state.script()
    if script is None:
        return _request_again(log)
    if state.awaits_approval():
        return review_again(log, script)
    return start_revision(log, script, (), resumed=unfinished or range(1, len(script.scenes) + 1))


def _request_again(log: VideoLog) -> e.VideoRequested:
    requested = log.state.requested
    if requested is None:
        raise refuse_state("The video's request is no longer in the log.", "Request a new video with POST /v1/videos.")
    return msgspec.structs.replace(requested, revision=log.state.revision() + 1, at=e.now(), cause="")
