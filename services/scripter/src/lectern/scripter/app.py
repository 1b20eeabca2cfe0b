"""The scripter, put together."""

from __future__ import annotations

from lectern.lessons import load_lessons
from lectern.llm import build_model_client
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.handlers import STAGE
from lectern.scripter.model.translator import Translator
from lectern.scripter.model.writer import ModelWriter
from lectern.scripter.requests import responders
from lectern.scripter.settings import ScripterSettings
from lectern.scripter.writer import LessonWriter, Writer
from lectern.worker import Connections, Service


def build(settings: ScripterSettings | None, connections: Connections) -> Service:
    """The scripter with the writer its settings ask for: a model where one is set up, else the finished lessons."""
    settings = settings or ScripterSettings()
    model_client = build_model_client(settings, connections.store)
    lessons = load_lessons()
    writer: Writer = ModelWriter(model_client, lessons) if model_client else LessonWriter(lessons)
    return Service(
        name="scripter",
        connections=connections,
        settings=settings,
        stage=STAGE,
        deps=ScripterDeps(writer=writer, translator=Translator(model_client) if model_client else None),
        responders=responders(),
        close=model_client.close if model_client else None,
    )
