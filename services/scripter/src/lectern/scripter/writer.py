"""The interface of script writers, with their input, output and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

import msgspec

from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.script import Script
from lectern.contracts.usage import Usage
from lectern.worker import Unavailable

OnProgress: TypeAlias = Callable[[int, str], None]  # called with the characters written so far, and the step


class WritingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A script to write.

    `material` is a text to explain, in place of a topic. `spent_usd` is what the video has cost so far. `salt` sets
    a model's answers apart from earlier ones, once the user has rejected what those led to.
    """

    brief: Brief
    options: VideoOptions
    material: str = ""
    spent_usd: float = 0.0
    salt: str = ""


class WrittenScript(msgspec.Struct, frozen=True, kw_only=True):
    """A script, and what it cost. `unmet` are wishes that a finished script does not meet, each as a clause."""

    script: Script
    spent: tuple[Usage, ...] = ()
    unmet: tuple[str, ...] = ()


class ModelUnavailable(Unavailable):
    """No model could be reached in time. `spent` is what was used until then."""


class ScriptWriter(Protocol):
    """Writes the script for a topic; one that `explains_prose` also writes one about a text."""

    explains_prose: bool

    async def write(self, request: WritingRequest, on_progress: OnProgress | None = None) -> WrittenScript:
        """The script for a request. Raises Permanent when there can be none, Transient when there may be one later."""
        ...
