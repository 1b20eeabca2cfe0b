"""Logs of a video whose stages take as long as a test says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from unit.contracts.logs import OPTIONS, VIDEO, titles

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief
from lectern.contracts.waterfall import Waterfall, build_waterfall

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NARRATION = e.NarrationRef(key="n", audio_key="a", seconds=4.0, beats=2)
CODE = e.CodeRef(key="c", origin="model")
FOOTAGE = e.FootageRef(key="f", frames=120, fps=30)
MADE: dict[str, Any] = {"script_key": "s", "options": OPTIONS}


class Pipeline:
    """Writes a log as stages do. Times in seconds after the start; an answer waits, then works."""

    def __init__(self, *, noted: bool = True) -> None:
        self._noted = noted  # causes and beginnings, which early versions left out
        self._sequence = count(1)
        self.entries: list[tuple[int, e.AnyEvent]] = []
        self.requested = self.add(e.VideoRequested, 0, brief=Brief(topic="Tides"), options=OPTIONS)

    def add(self, kind: type[e.Event], after: float, /, **fields: Any) -> Any:
        event: Any = kind(video_id=VIDEO, at=START + timedelta(seconds=after), **fields)
        self.entries.append((next(self._sequence), event))
        return event

    def answer(self, task: Any, kind: type[e.Event], waited: float, worked: float, /, **fields: Any) -> Any:
        began = (task.at - START).total_seconds() + waited
        noted = {"cause": e.message_id(task), "began": START + timedelta(seconds=began)} if self._noted else {}
        if issubclass(kind, e.SceneEvent):
            noted |= {"scene": fields.pop("scene", getattr(task, "scene", 1))}
        return self.add(kind, began + worked, **{"revision": task.revision, **noted, **fields})

    def script(self, scenes: int, waited: float = 1, worked: float = 2) -> list[Any]:
        self.answer(self.requested, e.VideoScripted, waited, worked, title="Tides", scenes=titles(scenes), **MADE)
        return [
            self.answer(self.requested, e.ScenePlanned, waited, worked, scene=number, **MADE)
            for number in range(1, scenes + 1)
        ]

    def make(self, planned: Any, render: tuple[float, float] = (3, 10)) -> Any:
        narrated = self.answer(planned, e.SceneNarrated, 1, 2, narration=NARRATION, **MADE)
        coded = self.answer(narrated, e.SceneCoded, 0, 5, narration=NARRATION, code=CODE, **MADE)
        return self.answer(coded, e.SceneRendered, *render, narration=NARRATION, code=CODE, footage=FOOTAGE, **MADE)

    def complete(self, last: Any, waited: float = 1, worked: float = 4) -> Any:
        return self.answer(last, e.VideoCompleted, waited, worked, seconds=8, frames=240, outputs=())

    def log(self) -> VideoLog:
        return VideoLog(sorted(self.entries, key=lambda entry: entry[0]))

    def build(self, seconds: float = 1000, act: int | None = None) -> Waterfall:
        found = build_waterfall(self.log(), START + timedelta(seconds=seconds), act)
        assert found is not None
        return found
