"""A video's whole way through the stages ends once, with what its user wants, whatever happens on the way."""

from __future__ import annotations

import asyncio
from typing import TypeAlias, get_args

from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.worker.pipeline import Fate, Pipeline, Wish, check_always, check_log

MOST_DELIVERIES = 1000  # far more than any of these videos needs
FATES: tuple[Fate, ...] = (*["fine"] * 5, *get_args(Fate))  # type: ignore[assignment,arg-type]
WISHES: tuple[Wish, ...] = tuple(wish for wish in get_args(Wish) if wish != "delete")
TEN_MINUTES_PASS = "ten minutes pass"
STEPS = st.one_of(
    st.tuples(st.sampled_from(FATES), st.integers(0, 7), st.integers(1, 3)),
    st.tuples(st.sampled_from((*WISHES, TEN_MINUTES_PASS)), st.integers(0, 7), st.just(0)),
    st.tuples(st.sampled_from(WISHES).map(lambda wish: f"meanwhile {wish}"), st.integers(0, 7), st.just(0)),
)
Step: TypeAlias = tuple[str, int, int]


CODED_TWICE_AND_REFUSED: list[Step] = [
    *[("fine", 0, 1)] * 2,
    ("ack-lost", 0, 1),  # the coder's answer is in the log, and its message comes again
    ("permanent", 0, 1),
    ("fine", 1, 1),  # to the composer, for which the scene has its code
    ("refuse", 0, 1),
    ("permanent", 0, 1),  # the coder's second failure is news
]


DONE: list[Step] = [("fine", 0, 0)] * 6
# Two takes that only their salts tell apart; and what was wished for is not begun before it is cancelled.
TWICE_REDONE: list[Step] = [*DONE, ("redo", 0, 0), *DONE, ("redo", 0, 0), *DONE]
REDONE_CANCELLED_AND_RETRIED: list[Step] = [*DONE, ("redo", 0, 0), ("cancel", 0, 0), ("retry", 0, 0)]
CHOSEN_CANCELLED_AND_RETRIED: list[Step] = [*TWICE_REDONE, ("choose", 1, 0), ("cancel", 0, 0), ("retry", 0, 0)]
CHOSEN_AND_RETITLED: list[Step] = [*TWICE_REDONE, ("choose", 1, 0), ("retitle", 0, 0)]
CHOSEN_AND_NOT_COMPOSED: list[Step] = [
    *TWICE_REDONE,
    ("choose", 1, 0),
    ("fine", 0, 0),
    ("permanent", 0, 0),  # to the composer
    ("retry", 0, 0),
]
REDONE_WHILE_COMPOSING: list[Step] = [*DONE[:4], ("meanwhile redo", 0, 0)]
STARTED_OVER_WHILE_WRITING: list[Step] = [("meanwhile cancel", 0, 0), ("meanwhile retry", 0, 0)]


@example(scenes=1, review=False, steps=REDONE_CANCELLED_AND_RETRIED)
@example(scenes=1, review=False, steps=CHOSEN_CANCELLED_AND_RETRIED)
@example(scenes=1, review=False, steps=CHOSEN_AND_RETITLED)
@example(scenes=1, review=False, steps=CHOSEN_AND_NOT_COMPOSED)
@example(scenes=1, review=False, steps=REDONE_WHILE_COMPOSING)
@example(scenes=2, review=False, steps=STARTED_OVER_WHILE_WRITING)
@example(scenes=1, review=False, steps=CODED_TWICE_AND_REFUSED)
@given(scenes=st.integers(1, 3), review=st.booleans(), steps=st.lists(STEPS, max_size=40))
@settings(deadline=None)
def test_every_video_ends_once_whatever_happens_on_its_way(scenes: int, review: bool, steps: list[Step]) -> None:
    async def run() -> None:
        pipeline = Pipeline(scenes, review=review)
        await pipeline.log.publish(pipeline.video)
        for step in steps:
            await take_step(pipeline, step)
            check_always(pipeline)
        for _ in range(MOST_DELIVERIES):
            if pipeline.state().awaits_approval() and not pipeline.pending:
                await pipeline.wish("approve", 0)
            if not pipeline.pending:
                break
            await pipeline.deliver(0, "fine", 0)
            check_always(pipeline)
        state = pipeline.state()
        assert not pipeline.pending, "some message comes again and again"
        assert state.outcome() is not None or state.awaits_approval()
        check_log(pipeline)
        await pipeline.check_films()

    asyncio.run(run())


async def take_step(pipeline: Pipeline, step: Step) -> None:
    kind, number, after = step
    if kind == TEN_MINUTES_PASS:
        pipeline.log.forget_ids()
    elif kind.startswith("meanwhile "):
        pipeline.meanwhile.append((kind.removeprefix("meanwhile "), number))  # type: ignore[arg-type]
    elif kind in WISHES:
        await pipeline.wish(kind, number)  # type: ignore[arg-type]
    else:
        await pipeline.deliver(number, kind, after)  # type: ignore[arg-type]


@given(scenes=st.integers(1, 3), steps=st.lists(STEPS, max_size=25), late=st.integers(0, 7))
@settings(deadline=None)
def test_nothing_of_a_deleted_video_is_made_or_comes_back(scenes: int, steps: list[Step], late: int) -> None:
    async def run() -> None:
        pipeline = Pipeline(scenes, review=False)
        await pipeline.log.publish(pipeline.video)
        for step in steps:
            await take_step(pipeline, step)
        pipeline.meanwhile.append(("delete", 0))
        await pipeline.deliver(late, "fine", 0)  # it is deleted while this is worked on, if anything is
        await pipeline.wish("delete", 0)
        pipeline.meanwhile.clear()
        remains = len(pipeline.log.entries())
        for _ in range(MOST_DELIVERIES):
            if not pipeline.pending:
                break
            await pipeline.deliver(0, "fine", 0)
        assert not pipeline.pending, "work on a deleted video comes again and again"
        assert len(pipeline.log.entries()) == remains, "a stage went on with a deleted video"
        for wish in WISHES:
            await pipeline.wish(wish, 0)
        assert len(pipeline.log.entries()) == remains
        assert (await pipeline.log.read(pipeline.video.video_id)).is_deleted

    asyncio.run(run())
