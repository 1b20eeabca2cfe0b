"""Stages: which events a stage handles, with which functions, and how many at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from lectern.contracts.events import AnyEvent, Event
from lectern.contracts.parties import Party
from lectern.worker.job import Job

Answer: TypeAlias = AnyEvent | Sequence[AnyEvent] | None
Handler: TypeAlias = Callable[[Any, Job[Any]], Awaitable[Answer]]


TakesTurns: TypeAlias = Callable[[AnyEvent], Party]


def take_turns(event: AnyEvent) -> Party:
    """Owners take turns, and so do the videos of each: one with many scenes does not hold up the others."""
    return Party(event.owner, event.video_id)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A handler for one event type."""

    event_type: type[Event]
    handler: Handler


class Stage:
    """A stage's name and handlers. A permanent failure ends what `fails` names: the scene or the whole video.

    With `turns`, which names an event's party, parties are served in turns; else messages in the order they came.
    """

    def __init__(
        self, name: str, *, fails: Literal["scene", "video"] = "scene", turns: TakesTurns | None = None
    ) -> None:
        self.name = name
        self.fails = fails
        self.turns = turns
        self.slots = 0
        self.routes: dict[type[Event], Route] = {}

    def on(self, event_type: type[Event], *, slots: int = 1) -> Callable[[Handler], Handler]:
        """Registers a handler. The stage runs as many jobs at once as its handlers' largest `slots`."""

        def register(handler: Handler) -> Handler:
            if event_type in self.routes:
                raise ValueError(f"stage {self.name} already handles {event_type.__name__}")
            self.routes[event_type] = Route(event_type=event_type, handler=handler)
            self.slots = max(self.slots, slots)
            return handler

        return register
