"""Every video ends once, as its user wants it and for what it may cost, whatever happens on its way.

`make rules` looks further: a thousand lives of videos that no run has lived before.
"""

from __future__ import annotations

import asyncio
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rules.deliveries import Fate
from rules.laws import check_always, check_books, check_cues, check_films, check_fold, check_versions
from rules.users import Users, Wish
from rules.world import REPLICAS, World

MOST_DELIVERIES = 2000  # far more than any of these videos needs
FATES: tuple[Fate, ...] = tuple(fate for fate in get_args(Fate) if fate != "fine")
WISHES: tuple[Wish, ...] = tuple(wish for wish in get_args(Wish) if wish != "delete")
LIMITS = (None, None, 0.03, 0.06, 0.12, 1.0)  # dollars; a script costs 0.02, a scene 0.01 and its voice 0.005


async def live_to_the_end(world: World, users: Users) -> None:
    """Everything works from now on: all that waits is delivered, and each video has its one end."""
    world.refusing.clear()
    while world.frozen:
        await world.wake(0)
        check_always(world, users)
    for _ in range(MOST_DELIVERIES):
        for video in world.videos:
            if world.states[video].awaits_approval() and world.states[video].outcome() is None:
                await users.act("approve", world.videos.index(video))
        if not world.pending:
            break
        await world.deliver(0, "fine", 0)
        check_always(world, users)
    assert not world.pending, "some message comes again and again"
    for video in world.videos:
        assert world.states[video].outcome() is not None
    check_versions(world)
    await check_cues(world)
    check_fold(world)
    check_books(world)
    await check_films(world, users)


class VideoLives(RuleBasedStateMachine):
    """One video, and another form of it, among faults and users."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = World()
        self.users = Users(self.world)
        self._run(self.world.open())

    def _run(self, doing: Any) -> None:
        self.runner.run(doing)

    @initialize(scenes=st.integers(1, 3), review=st.booleans(), limit=st.sampled_from(LIMITS), done=st.integers(0, 12))
    def request(self, scenes: int, review: bool, limit: float | None, done: int) -> None:
        self._run(self.world.request(scenes=scenes, review=review, max_cost_usd=limit))
        self.deliver_in_order(done)

    @rule(times=st.integers(1, 4))
    def deliver_in_order(self, times: int) -> None:
        for _ in range(times):
            self._run(self.world.deliver(0, "fine", 0))

    @rule(
        number=st.integers(0, 7), fate=st.sampled_from(FATES), after=st.integers(1, 8),
        replica=st.integers(1, REPLICAS), then=st.integers(0, 2), wanted=st.sampled_from(("redo", "edit")),
    )  # fmt: skip
    def deliver(self, number: int, fate: Fate, after: int, replica: int, then: int, wanted: Wish) -> None:
        if not self.world.pending:
            self._run(self.users.act(wanted, number))
            self.deliver_in_order(then)
        self._run(self.world.deliver(number, fate, after, replica))
        self.deliver_in_order(then)

    @precondition(lambda self: self.world.frozen)
    @rule(number=st.integers(0, 3))
    def wake(self, number: int) -> None:
        self._run(self.world.wake(number))

    @precondition(lambda self: self.world.videos)
    @rule(wish=st.sampled_from(WISHES), number=st.integers(0, 15), then=st.integers(0, 2))
    def wish(self, wish: Wish, number: int, then: int) -> None:
        self._run(self.users.act(wish, number))
        self.deliver_in_order(then)

    @rule(number=st.integers(0, 1), sure=st.integers(0, 9))
    def delete(self, number: int, sure: int) -> None:
        if sure == 7:
            self._run(self.users.act("delete", number))

    @rule()
    def let_ten_minutes_pass(self) -> None:
        self.world.log.forget_ids()

    @rule(voice=st.sampled_from(("en-US-dear", "en-US-cheap")))
    def lose_a_voice(self, voice: str) -> None:
        self.world.refusing.add(voice)

    @invariant()
    def hold(self) -> None:
        check_always(self.world, self.users)

    def teardown(self) -> None:
        try:
            if self.world.videos:
                self._run(live_to_the_end(self.world, self.users))
        finally:
            self._run(self.world.close())
            self.runner.close()


VideoLives.TestCase.settings = settings(stateful_step_count=20)
TestVideoLives = VideoLives.TestCase
