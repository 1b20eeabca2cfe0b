"""Telling whoever watches a video what it may expect, every few seconds. Not stored, like progress."""

from __future__ import annotations

import asyncio

from lectern.contracts import events as e
from lectern.gateway import mapping
from lectern.gateway.hub import Hub
from lectern.gateway.outlook import OutlookBoard, Prospect
from lectern.gateway.stream_frames import StreamFrame, encode_frame
from lectern.worker import wait_for

INTERVAL_SECONDS = 3.0
FRAMES_PER_SECOND = 500  # of all videos: with more of them, each hears less often


async def tell_outlooks(hub: Hub, board: OutlookBoard, stop: asyncio.Event) -> None:
    """Offer each watched video its outlook until `stop`."""
    while not stop.is_set():
        watched = hub.list_states()
        for video_id, state, owner in watched:
            prospect = board.look(state, video_id, owner)
            if prospect.stage is not None or prospect.forecast is not None:
                hub.offer(video_id, make_outlook_frame(video_id, prospect))
            await asyncio.sleep(0)
        await wait_for(stop, max(INTERVAL_SECONDS, len(watched) / FRAMES_PER_SECOND))


def make_outlook_frame(video_id: str, prospect: Prospect) -> StreamFrame:
    """The outlook of a video as of now. Has no id, as it is not repeated for a client that resumes."""
    queue, eta = mapping.map_queue(prospect), mapping.map_eta(prospect)
    body: dict[str, object] = {
        "type": "outlook",
        "time": e.now(),
        "video_id": video_id,
        "queue": queue.model_dump(mode="json") if queue else None,
        "eta": eta.model_dump(mode="json") if eta else None,
    }
    return encode_frame("outlook", None, body)
