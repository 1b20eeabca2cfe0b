"""Voices, as responses show them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class VoiceEntry(BaseModel):
    """An available voice."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    language: str = Field(description="BCP-47; mul for a multilingual voice, empty for the silent one")
    gender: str
    engine: str
    timing: str = Field(description="how exact word times are: exact, aligned or estimated")
    usd_per_million: float = Field(0.0, description="list price of a million characters")


class VoiceCatalog(BaseModel):
    """Every voice available now."""

    object: Literal["list"] = "list"
    data: list[VoiceEntry]
