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
FRAMES_PER_SECOND = 500  # to all clients: with more of them, each hears less often


async def tell_outlooks(hub: Hub, board: OutlookBoard, stop: asyncio.Event) -> None:
    """Offer each watched video its outlook until `stop`, one after the other rather than all at once."""
    while not stop.is_set():
        watched = hub.list_states()
        clients = sum(hub.count_clients(video_id) for video_id, _, _ in watched)
        pause = max(INTERVAL_SECONDS, clients / FRAMES_PER_SECOND) / max(1, len(watched))
        for video_id, _, owner in watched:
            if await wait_for(stop, pause):
                return
            if hub.count_clients(video_id):
                state = hub.get_state(video_id)  # it may have changed meanwhile
                prospect = board.look(state, video_id, owner)
                if prospect.stage is not None or prospect.forecast is not None:
                    hub.offer(video_id, make_outlook_frame(video_id, prospect))
        if not watched:
            await wait_for(stop, INTERVAL_SECONDS)


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
