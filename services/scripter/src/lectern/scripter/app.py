"""The scripter, put together."""

from __future__ import annotations

from contextlib import AsyncExitStack

from lectern.lessons import catalogue
from lectern.llm.setup import build_asker
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.handlers import STAGE
from lectern.scripter.model.translator import Translator
from lectern.scripter.model.writer import ModelWriter
from lectern.scripter.responder import respond
from lectern.scripter.settings import ScripterSettings
from lectern.scripter.writer import LessonWriter, Writer
from lectern.worker import Deps, Service


def build(settings: ScripterSettings | None, deps: Deps) -> Service:
    """The scripter with the writer its settings ask for: a model where one is set up, else the finished lessons."""
    settings = settings or ScripterSettings()
    asker = build_asker(settings, deps.store)
    lessons = catalogue()
    writer: Writer = ModelWriter(asker, lessons) if asker else LessonWriter(lessons)
    open_things = AsyncExitStack()
    if asker:
        open_things.push_async_callback(asker.close)

    async def start() -> None:
        for subscription in await respond(deps.nats):
            open_things.push_async_callback(subscription.drain)

    return Service(
        name="scripter",
        infra=deps,
        settings=settings,
        stage=STAGE,
        deps=ScripterDeps(writer=writer, translator=Translator(asker) if asker else None),
        start=start,
        close=open_things.aclose,
    )
