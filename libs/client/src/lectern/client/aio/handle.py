"""One video, held on to: its latest known state, and what can be done with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from lectern.client.aio.videos import AsyncVideos
from lectern.client.events import StreamEvent, VideoEvent
from lectern.client.models import Video


class AsyncVideoHandle:
    """A video. `state` is what was last heard of it."""

    def __init__(self, videos: AsyncVideos, state: Video) -> None:
        self._videos = videos
        self.state = state

    @property
    def id(self) -> str:
        """Its id."""
        return self.state.id

    async def refresh(self) -> Video:
        """Read its state."""
        self.state = await self._videos.get(self.id)
        return self.state

    async def wait(self, timeout: float | None = None, *, past_review: bool = False) -> Video:
        """See `videos.wait`."""
        self.state = await self._videos.wait(self.id, timeout, past_review=past_review)
        return self.state

    async def events(self, *, after: int | None = None, patience: float = 60.0) -> AsyncGenerator[StreamEvent, None]:
        """See `videos.follow`. `state` follows the events."""
        async with aclosing(self._videos.follow(self.id, after=after, patience=patience)) as events:
            async for event in events:
                if isinstance(event, VideoEvent) and isinstance(event.video, Video):
                    self.state = event.video
                yield event

    async def approve(self) -> Video:
        """Approve its script, as it is known here."""
        self.state = await self._videos.approve(self.id, self.state.script_revision)
        return self.state

    async def cancel(self, reason: str = "") -> Video:
        """End it."""
        self.state = await self._videos.cancel(self.id, reason)
        return self.state

    async def download(self, target: Path, variant: str = "video") -> Path:
        """Download one of its files."""
        return await self._videos.download(self.id, target, variant)
