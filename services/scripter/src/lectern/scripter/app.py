"""Builds the scripter from settings and connections."""

from __future__ import annotations

from lectern.lessons import load_lessons
from lectern.llm import ModelMetrics, build_model_client
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.dubbing.translator import Translator
from lectern.scripter.handlers import STAGE
from lectern.scripter.lesson_writer import LessonWriter
from lectern.scripter.reading.reader import LessonReader
from lectern.scripter.requests import build_responders
from lectern.scripter.scriptwriting.writer import ModelWriter
from lectern.scripter.settings import ScripterSettings
from lectern.worker import Connections, Service


def build(settings: ScripterSettings | None, connections: Connections) -> Service:
    """The scripter: with a model it writes any script; without one it serves only the finished lessons."""
    settings = settings or ScripterSettings()
    metrics = ModelMetrics(connections.meter, connections.metrics)
    model_client = build_model_client(settings, connections.store, metrics, connections.claims)
    lessons = load_lessons()
    reader = LessonReader()
    if model_client:
        deps = ScripterDeps(
            writer=ModelWriter(model_client, lessons, reader), reader=reader, translator=Translator(model_client)
        )
    else:
        deps = ScripterDeps(writer=LessonWriter(lessons), reader=reader)
    return Service(
        name="scripter",
        connections=connections,
        settings=settings,
        stage=STAGE,
        deps=deps,
        responders=build_responders(reader),
        close=model_client.close if model_client else None,
    )
