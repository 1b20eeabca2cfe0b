"""Deleting a video."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog


def delete(log: VideoLog) -> e.VideoDeleted | None:
    """End the video for good, whatever state it is in; None if it was deleted before."""
    if log.is_deleted:
        return None
    return e.VideoDeleted(video_id=log.video_id, owner=log.owner, lane=log.lane, revision=log.state.revision())
