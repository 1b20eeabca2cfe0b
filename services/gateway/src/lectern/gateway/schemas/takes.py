"""The takes of a scene, and checks of its code."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from lectern.gateway.schemas.problems import ProblemBody


class TakeUrls(BaseModel):
    """URLs of everything about a take, relative to the API's own address."""

    footage: str
    video: str
    narration: str
    code: str
    choose: str


class Take(BaseModel):
    """One rendered version of a scene."""

    object: Literal["take"] = "take"
    revision: int = Field(description="the revision it was rendered in, which names it")
    created_at: datetime
    in_force: bool = Field(description="true for the one that the video shows, or will show when it is composed")
    seconds: float
    voice: str | None
    origin: str = Field(description="where its code comes from: author, template or model")
    degraded: ProblemBody | None = Field(None, description="why it shows its fallback, if it does")
    title: str | None = Field(None, description="the scene's title then; null if that script has expired")
    text: list[str] | None = Field(None, description="its narration, one text per beat; null if it has expired")
    direction: str | None = Field(None, description="what its user wanted to see; null if there was nothing")
    urls: TakeUrls


class TakeList(BaseModel):
    """One page of a scene's takes, newest first."""

    object: Literal["list"] = "list"
    data: list[Take]
    has_more: bool
    next_cursor: str | None


class CodeFinding(BaseModel):
    """One thing wrong with a scene's code. An error keeps it from being rendered, a warning does not."""

    rule: str
    level: Literal["error", "warning"]
    message: str
    line: int | None = Field(None, description="in the code that was sent, from 1")
    beat: int | None = Field(None, description="of the narration, from 1")
    time: float | None = Field(None, description="seconds from the start of the scene")


class CodeCheck(BaseModel):
    """What a run without drawing found in a scene's code."""

    object: Literal["code_check"] = "code_check"
    ok: bool = Field(description="true if it may be rendered: it has no errors")
    findings: list[CodeFinding]
    render_seconds: float = Field(description="computing that rendering it is foretold to take; 0 if unknown")
