"""Forgetting that a film was made once something happens to its video: it is another film then, or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from lectern.cli.made_films import MadeFilms
from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.options import LANES
from lectern.worker import Bus

_CHANGES = (e.VideoRequested, e.VideoScripted, e.ScriptApproved, e.VideoCancelled, e.VideoDeleted)  # begin every act


@asynccontextmanager
async def forgetting_changed(bus: Bus, films: MadeFilms) -> AsyncIterator[None]:
    """While the context lasts, what is noted of a video is dropped when a user acts on it."""

    async def forget(subject: str, _: bytes) -> None:
        films.forget(subjects.read_place(subject)[0])

    async with AsyncExitStack() as listening:
        for event in _CHANGES:
            for lane in LANES:
                await listening.enter_async_context(bus.listening(subjects.inputs(event, lane), forget))
        yield
