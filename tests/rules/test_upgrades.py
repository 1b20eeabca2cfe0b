"""A video that one build has begun is finished by another: by this one, the release before it, or the next.

What another build writes and reads of the log are the fields that it knows. The forms of the oldest release are among
`unit/contracts/golden/forms`; the next version writes fields that this one does not know. `make upgrades` rolls whole
services, with all their code, to another revision and back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
import pytest

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from rules.servers import FatefulLog
from rules.test_rules import live_to_the_end
from rules.users import Users
from rules.world import World

FORMS = Path(__file__).parents[1] / "unit" / "contracts" / "golden" / "forms"
Build: TypeAlias = Callable[[e.AnyEvent], e.AnyEvent]
V = TypeVar("V")


def pass_through_oldest(event: e.AnyEvent) -> e.AnyEvent:
    """The event without what the first form of its kind did not have."""
    lines = (FORMS / f"{event.__struct_config__.tag}.1.jsonl").read_bytes().splitlines()
    return forget_newer(event, [json.loads(line) for line in lines])


def forget_newer(value: V, samples: Sequence[Any]) -> V:
    """The value with each field that no sample has as if it had not been set."""
    if isinstance(value, msgspec.Struct):
        known = [sample for sample in samples if isinstance(sample, dict)]
        changed = {}
        for field in msgspec.structs.fields(value):
            found = [sample[field.encode_name] for sample in known if field.encode_name in sample]
            if found or not known or field.required:
                changed[field.name] = forget_newer(getattr(value, field.name), found)
            else:
                factory = field.default_factory
                changed[field.name] = field.default if factory is msgspec.NODEFAULT else factory()
        return msgspec.structs.replace(value, **changed)
    if isinstance(value, tuple):
        items = [item for sample in samples if isinstance(sample, list) for item in sample]
        return tuple(forget_newer(item, items) for item in value)  # type: ignore[return-value]
    return value


def pass_through_next(event: e.AnyEvent) -> e.AnyEvent:
    """The event as this build reads it from a version that writes more."""
    return e.decode(json.dumps(add_fields(json.loads(e.encode(event)))).encode())


def add_fields(value: Any) -> Any:
    """JSON with a field more in each object that has fields of ours."""
    match value:
        case dict():
            added = {"added_by_the_next_version": {"answer": [42]}} if "video_id" in value or "key" in value else {}
            return {**{name: add_fields(each) for name, each in value.items()}, **added}
        case list():
            return [add_fields(each) for each in value]
    return value


def pass_through_this(event: e.AnyEvent) -> e.AnyEvent:
    """The event."""
    return event


class RollingLog(FatefulLog):
    """A log of which the build that runs writes and reads what it knows."""

    def __init__(self) -> None:
        super().__init__()
        self.build: Build = pass_through_this

    async def _store(self, event: e.AnyEvent) -> int:
        return await super()._store(self.build(event))

    async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        """See `EventLog.read`."""
        log = await super().read(video_id, lane, at_least=at_least)
        return VideoLog((sequence, self.build(event)) for sequence, event in log)


def test_the_oldest_release_knew_less() -> None:
    newest = e.decode((FORMS / "scene.rendered.v1.2.jsonl").read_bytes().splitlines()[0])
    older = pass_through_oldest(newest)
    assert older != newest
    assert older == pass_through_oldest(older)
    assert e.message_id(older) == e.message_id(newest)


@pytest.mark.parametrize("after", [1, 5, 9], ids="rolled after {} deliveries".format)
@pytest.mark.parametrize(
    ("begun", "ended"),
    [
        (pass_through_oldest, pass_through_this),
        (pass_through_this, pass_through_oldest),
        (pass_through_next, pass_through_this),
    ],
    ids=["up", "down", "down from the next"],
)
async def test_a_video_that_another_build_has_begun_is_finished(begun: Build, ended: Build, after: int) -> None:
    log = RollingLog()
    world = World(log)
    await world.open()
    try:
        users = Users(world)
        log.build = begun
        video = await world.request(scenes=2, review=False, max_cost_usd=1.0)
        for _ in range(after):
            await world.deliver(0, "fine", 0)
        assert world.pending, "it had ended before"
        log.build = ended
        await live_to_the_end(world, users)
        assert isinstance(world.states[video].outcome(), e.VideoCompleted)
    finally:
        await world.close()
