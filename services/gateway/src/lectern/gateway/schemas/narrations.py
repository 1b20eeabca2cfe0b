"""What is spoken, and when, as responses show it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from lectern.contracts.narration import Timing


class BeatTime(BaseModel):
    """A beat's place in its scene, in seconds."""

    text: str
    start: float
    end: float
    speaker: str = Field(description="who speaks it in a dialogue; empty otherwise")


class WordTime(BaseModel):
    """A spoken word, in seconds from the start of its scene."""

    text: str
    start: float
    end: float
    beat: int = Field(description="counted from 1")
    sentence: int = Field(description="of its beat, counted from 1")
    glued: bool = Field(description="true if no space comes before it")


class SceneWords(BaseModel):
    """A scene's words and beats."""

    scene: int
    seconds: float
    language: str
    voice: str
    timing: Timing = Field(description="how exact the times of words are")
    beats: list[BeatTime]
    words: list[WordTime]
