"""Lives of videos that once ended badly: each is lived again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeAlias, get_args

import pytest

from lectern.contracts import events as e
from rules.deliveries import Fate
from rules.laws import check_always
from rules.test_rules import live_to_the_end
from rules.users import Users, Wish
from rules.world import World

Step: TypeAlias = tuple[str, int, int]  # a fate with the message's place and the point, or a wish with its number

DONE: list[Step] = [("fine", 0, 0)] * 6
# Two takes that only their salts tell apart; and what was wished for is not begun before it is cancelled.
TWICE_REDONE: list[Step] = [*DONE, ("redo", 0, 0), *DONE, ("redo", 0, 0), *DONE]
LIVES: dict[str, list[Step]] = {
    "redone, cancelled and retried": [*DONE, ("redo", 0, 0), ("cancel", 0, 0), ("retry", 0, 0)],
    "a take chosen, cancelled and retried": [*TWICE_REDONE, ("choose", 1, 0), ("cancel", 0, 0), ("retry", 0, 0)],
    "a take chosen, and the video retitled": [*TWICE_REDONE, ("choose", 1, 0), ("retitle", 0, 0)],
    "a take chosen, and not composed": [
        *TWICE_REDONE,
        ("choose", 1, 0),
        ("fine", 0, 0),
        ("permanent", 0, 1),  # to the composer
        ("retry", 0, 0),
    ],
    "redone while it is composed": [*DONE[:4], ("freeze", 0, 1), ("redo", 0, 0), ("wake", 0, 0)],
    "started over while it is written": [("freeze", 0, 1), ("cancel", 0, 0), ("retry", 0, 0), ("wake", 0, 0)],
    "coded twice, and refused": [
        *DONE[:2],
        ("ack-lost", 0, 1),  # the coder's answer is in the log, and its message comes again
        ("permanent", 0, 1),
        ("fine", 1, 1),
        ("refuse", 0, 1),
        ("permanent", 0, 1),
    ],
    "written again after a failure, and its writer dies twice": [
        ("permanent", 0, 1),
        ("retry", 0, 0),
        ("crash", 0, 5),  # the first answer is stored
        ("crash", 0, 5),  # and the second
    ],
    "deleted while its scene is drawn": [*DONE[:3], ("freeze", 0, 1), ("delete", 0, 0), ("wake", 0, 0)],
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    await world.open()
    yield world
    await world.close()


@pytest.mark.parametrize("steps", LIVES.values(), ids=LIVES)
async def test_a_video_that_once_ended_badly_ends_well(world: World, steps: list[Step]) -> None:
    users = Users(world)
    await world.request(scenes=1, review=False, max_cost_usd=None)
    for name, number, after in steps:
        if name == "wake":
            await world.wake(number)
        elif name in get_args(Fate):
            await world.deliver(number, name, after)  # type: ignore[arg-type]
        else:
            assert name in get_args(Wish)
            await users.act(name, number)  # type: ignore[arg-type]
        check_always(world, users)
    await live_to_the_end(world, users)


async def test_a_scene_that_goes_on_is_coded_once_the_one_before_is(world: World) -> None:
    users = Users(world)
    video = await world.request(scenes=2, review=False, max_cost_usd=None)
    await live_to_the_end(world, users)
    kinds = [(type(event), event.scene) for _, event in world.log.entries() if isinstance(event, e.SceneEvent)]
    order = [(e.SceneNarrated, 2), (e.SceneCoded, 1), (e.SceneCued, 2), (e.SceneCoded, 2)]
    assert [kinds.index(each) for each in order] == sorted(kinds.index(each) for each in order)
    assert isinstance(world.states[video].outcome(), e.VideoCompleted)
