"""What was paid for before a scene failed: when it comes back, only the rest is asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 16  # scenes remembered, a few megabytes of sound each


class Memory(Generic[T]):
    """Answers of scenes that are under way or failed. Lost with the process, which costs money and nothing else."""

    def __init__(self) -> None:
        self._scenes: OrderedDict[Hashable, dict[str, T]] = OrderedDict()

    @contextmanager
    def during(self, scene: Hashable) -> Iterator[dict[str, T]]:
        """The scene's answers by text, to be read and added to. Forgotten once the scene is spoken: a redo is new."""
        kept = self._scenes.setdefault(scene, {})
        self._scenes.move_to_end(scene)
        while len(self._scenes) > MOST:
            self._scenes.popitem(last=False)
        yield kept
        self._scenes.pop(scene, None)
