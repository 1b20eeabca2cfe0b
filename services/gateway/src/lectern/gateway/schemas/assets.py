"""Uploaded files, as responses show them."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Asset(BaseModel):
    """An image or a music track that was stored."""

    id: str = Field(description="SHA-256 of the bytes; the same file has the same id")
    media_type: str
    bytes: int
