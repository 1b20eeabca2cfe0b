"""The service's own links and health."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ApiIndex(BaseModel):
    """Where to start."""

    service: str
    links: dict[str, str]


class Health(BaseModel):
    """The process answers."""

    status: str
    service: str


class Readiness(BaseModel):
    """Whether requests can be served."""

    status: str = Field(description="ready, or not ready")
    checks: dict[str, str] = Field(description="ok, or the kind of failure, for each dependency")
