"""The protocol of scene coders: their task and their result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

import msgspec

from lectern.contracts.carrying import is_drawn_by_model, list_asked, waits_for_scene_before
from lectern.contracts.events import CodeAttempt, CodeRef
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.requests import SceneVerdict
from lectern.contracts.script import Manim, Scene, Script
from lectern.contracts.usage import Usage


class CarriedThings(msgspec.Struct, frozen=True, kw_only=True):
    """What the scene before hands on: the names of its things, and the code that they were drawn by."""

    names: tuple[str, ...]
    source: str


class CodingTask(msgspec.Struct, frozen=True, kw_only=True):
    """One scene to write code for: its place in the script, its text, and when each word of it is spoken.

    `number` counts from 1; `scene` is that scene of the `script`, whose `narration` is stored at `narration_key`.
    `carried` is what it goes on with, `codes` are those in force of the video's scenes, by number. `budget_usd` is what
    models may cost for this scene (None: any amount). With another `salt` a model is asked anew what it has answered
    before. On the `last_attempt` a coder settles for what it has rather than asking to be called again.
    """

    number: int
    script: Script
    scene: Scene
    narration: Narration
    options: VideoOptions
    carried: CarriedThings | None = None
    codes: dict[int, CodeRef] = {}
    narration_key: str = ""
    budget_usd: float | None = None
    salt: str = ""
    last_attempt: bool = False

    @property
    def names_to_carry(self) -> tuple[str, ...]:
        """The names under which this scene is to hand things on: those that the next one goes on with."""
        if not waits_for_scene_before(self.script, self.number + 1):
            return ()
        following = self.script.scene(self.number + 1)
        if isinstance(following.visual, Manim) and not is_drawn_by_model(following):
            return list_asked(following.visual.source)
        return self.scene.plan.carries


class CodingResult(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's source. `degraded` says why it is only a template where the script asks for more."""

    source: str
    origin: str  # "author", "template" or "model"
    fallback: str  # source of the template to use if this does not render
    attempts: int = 1
    degraded: Problem | None = None
    history: tuple[CodeAttempt, ...] = ()
    spent: tuple[Usage, ...] = ()


class RefusedCode(msgspec.Struct, frozen=True, kw_only=True):
    """Code that passed its check and could not be rendered. `version` counts the scene's codes from 1."""

    source: str
    version: int
    problem: Problem
    history: tuple[CodeAttempt, ...] = ()


Preflight: TypeAlias = Callable[[str], Awaitable[SceneVerdict]]
CaptureStills: TypeAlias = Callable[[str, tuple[float, ...]], Awaitable[tuple[bytes, ...]]]


class SceneCoder(Protocol):
    """Writes a scene's source."""

    async def code(
        self, task: CodingTask, preflight: Preflight, capture_stills: CaptureStills | None = None
    ) -> CodingResult:
        """Source that has passed `preflight`, if there is any.

        `capture_stills` returns JPEGs of how a source looks at some seconds; None when nobody is to look. Both
        raise Transient while no renderer is available.
        """
        ...

    async def recode(self, task: CodingTask, refused: RefusedCode, preflight: Preflight) -> CodingResult:
        """Source to render instead of what was refused: repaired, or simpler the second time, else a template.

        Raises Transient as `code` does.
        """
        ...
