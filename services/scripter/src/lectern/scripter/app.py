"""The scripter, put together."""

from __future__ import annotations

from contextlib import AsyncExitStack

from lectern.lessons import catalogue
from lectern.scripter.handlers import STAGE, ScripterDeps
from lectern.scripter.responder import respond
from lectern.scripter.settings import ScripterSettings
from lectern.scripter.writer import LessonWriter
from lectern.worker import Deps, Service


def build(settings: ScripterSettings | None, deps: Deps) -> Service:
    """The scripter with the writer its settings ask for: so far the one who knows the finished lessons."""
    open_things = AsyncExitStack()

    async def start() -> None:
        subscription = await respond(deps.nats)
        open_things.push_async_callback(subscription.drain)

    return Service(
        name="scripter",
        infra=deps,
        settings=settings or ScripterSettings(),
        stage=STAGE,
        deps=ScripterDeps(writer=LessonWriter(catalogue())),
        start=start,
        close=open_things.aclose,
    )
