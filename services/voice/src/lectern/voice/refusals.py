"""A voice that refuses to speak, whatever is tried: another may speak instead."""

from __future__ import annotations

from lectern.contracts.problems import Problem
from lectern.worker import Permanent


class VoiceRefused(Permanent):
    """A voice cannot speak a video. With `whole_engine` no other voice of its engine can, either.

    `voice` is the voice's id and `engine` its engine, once they are known.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        whole_engine: bool = False,
        repairable: bool | None = None,
        voice: str = "",
        engine: str = "",
    ) -> None:
        super().__init__(problem, repairable=repairable)
        self.whole_engine = whole_engine
        self.voice = voice
        self.engine = engine
