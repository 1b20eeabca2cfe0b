"""Cancelling a video."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.gateway.refusals import refuse_state


def cancel(log: VideoLog, reason: str = "") -> e.VideoCancelled | None:
    """End the video; None if it was cancelled before. Raises a 409 when it has completed or failed."""
    match log.state.outcome():
        case e.VideoCancelled():
            return None
        case e.VideoCompleted():
            raise refuse_state("The video has completed and cannot be cancelled.", "There is nothing left to stop.")
        case e.VideoFailed():
            raise refuse_state("The video has failed and cannot be cancelled.", "There is nothing left to stop.")
    return e.VideoCancelled(
        video_id=log.video_id, owner=log.owner, lane=log.lane, revision=log.state.revision(), reason=reason
    )
