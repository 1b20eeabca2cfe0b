"""What a coder is given and what it gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from lectern.contracts.events import CodeAttempt
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.requests import SceneVerdict
from lectern.contracts.script import Scene, Symbol
from lectern.contracts.usage import Usage


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One scene to give a picture to: its place in the script, its text, and when each word of it is spoken.

    `symbols` is the script's ledger of names and colours. `budget_usd` is what models may cost for this scene (None:
    any amount). On the `last_try` a coder settles for what it has rather than asking to be called again.
    """

    number: int
    script_title: str
    scene: Scene
    narration: Narration
    options: VideoOptions
    symbols: tuple[Symbol, ...] = ()
    budget_usd: float | None = None
    last_try: bool = False


class Coded(msgspec.Struct, frozen=True, kw_only=True):
    """Source for a scene. `degraded` says why it is only a template where something better was asked for."""

    source: str
    origin: str  # "author", "template" or "model"
    fallback: str  # source of the template to use should this not render
    attempts: int = 1
    degraded: Problem | None = None
    history: tuple[CodeAttempt, ...] = ()
    spent: tuple[Usage, ...] = ()


Check = Callable[[str], Awaitable[SceneVerdict]]
Look = Callable[[str, tuple[float, ...]], Awaitable[tuple[bytes, ...]]]


class Coder(Protocol):
    """Writes a scene's source.

    `check` runs preflight on a source; `look` gives JPEGs of how it looks at some seconds, where that is wanted. Both
    raise Transient when nobody can tell now.
    """

    async def code(self, task: Task, check: Check, look: Look | None = None) -> Coded:
        """Source that has passed `check`, as far as there is any."""
        ...
