"""The service's own links and health."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ApiIndex(BaseModel):
    """Links to start from."""

    service: str
    links: dict[str, str]


class Health(BaseModel):
    """The process answers."""

    status: str
    service: str


class Readiness(BaseModel):
    """The state of everything that serving requests depends on."""

    status: str = Field(description="ready, or not ready")
    checks: dict[str, str] = Field(description="ok, or the kind of failure, for each dependency")
