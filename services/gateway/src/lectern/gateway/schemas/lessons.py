"""The lessons that come with Lectern, as responses show them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class LessonEntry(BaseModel):
    """A finished lesson. Its title, sent as a topic, becomes its video without a model."""

    name: str
    title: str
    language: str
    audience: str
    seconds: float = Field(description="estimated length of its video")


class LessonCatalog(BaseModel):
    """Every lesson that comes with Lectern."""

    object: Literal["list"] = "list"
    data: list[LessonEntry]
