"""Fair turns: nobody waits for long because somebody else has much to do."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.worker import FairSlots, ServiceLedger, TooManyWaiting, WaitingList

PARTIES = st.sampled_from("abcde")
SECONDS = st.floats(0.01, 60.0)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def serve_all(waiting: WaitingList[float], ledger: ServiceLedger) -> list[tuple[str, float]]:
    """Runs every job, one after another, and returns who was served, for how long."""
    served = []
    while picked := waiting.pick():
        party, seconds = picked
        ledger.finish(party, seconds)
        served.append((party, seconds))
    return served


def queue(jobs: list[tuple[str, float]], capacity: int = 1000) -> tuple[WaitingList[float], ServiceLedger]:
    ledger = ServiceLedger()
    waiting: WaitingList[float] = WaitingList(ledger, capacity=capacity)
    for party, seconds in jobs:
        waiting.add(party, seconds)
    return waiting, ledger


@given(st.lists(st.tuples(PARTIES, SECONDS), max_size=60))
def test_every_job_is_run_once_and_a_partys_own_jobs_in_order(jobs: list[tuple[str, float]]) -> None:
    served = serve_all(*queue(jobs))
    for party in "abcde":
        assert [job for job in served if job[0] == party] == [job for job in jobs if job[0] == party]


@given(st.lists(st.tuples(PARTIES, SECONDS), max_size=60))
def test_while_two_parties_wait_neither_is_served_more_than_two_jobs_ahead(jobs: list[tuple[str, float]]) -> None:
    left = Counter(party for party, _ in jobs)
    had: dict[str, float] = dict.fromkeys(left, 0.0)
    longest = max((seconds for _, seconds in jobs), default=0.0)
    for party, seconds in serve_all(*queue(jobs)):
        had[party] += seconds
        left[party] -= 1
        waiting = [each for each in left if left[each]]
        assert all(abs(had[one] - had[other]) <= 2 * longest for one in waiting for other in waiting)


@given(st.lists(st.tuples(PARTIES, SECONDS), min_size=1, max_size=40), SECONDS)
def test_whoever_comes_anew_waits_for_one_job_of_each_party_at_most(
    jobs: list[tuple[str, float]], seconds: float
) -> None:
    waiting, ledger = queue(jobs)
    for _ in range(len(jobs) // 2):
        party, cost = waiting.pick() or ("", 0.0)
        ledger.finish(party, cost)
    waiting.add("new", seconds)
    before = []
    while (picked := waiting.pick()) and picked[0] != "new":
        before.append(picked[0])
        ledger.finish(*picked)
    assert max(Counter(before).values(), default=0) <= 1


def test_what_runs_counts_before_it_has_ended() -> None:
    waiting, _ = queue([("long", 60.0)] * 12 + [("short", 1.0)])
    assert [party for party, _ in (waiting.pick() or ("", 0), waiting.pick() or ("", 0))] == ["long", "short"]


def test_a_penalised_party_waits_behind_all_others_for_a_while() -> None:
    clock = Clock()
    ledger = ServiceLedger(memory=600.0, clock=clock)
    waiting: WaitingList[int] = WaitingList(ledger, capacity=100)
    ledger.begin("bad")
    ledger.finish("bad", 0.1)
    ledger.penalise("bad")
    for number in range(3):
        waiting.add("bad", number)
    for number in range(3):
        waiting.add("good", number)
        party, _ = waiting.pick() or ("", 0)
        ledger.finish(party, 50.0)
        assert party == "good"
    assert (waiting.pick() or ("", 0))[0] == "bad", "nobody else waits"
    ledger.finish("bad", 0.1)
    clock.now += 601
    assert not ledger.rank("bad").penalised


def test_idle_parties_are_forgotten() -> None:
    clock = Clock()
    ledger = ServiceLedger(memory=600.0, clock=clock)
    for number in range(100):
        ledger.begin(f"video {number}")
        ledger.finish(f"video {number}", 1.0)
        clock.now += 10
    assert len(ledger) <= 61
    ledger.begin("running")
    clock.now += 601
    ledger.begin("another")
    assert len(ledger) == 2, "what runs is never forgotten"


def test_a_party_that_was_served_alone_is_no_longer_due_and_a_new_one_is() -> None:
    ledger = ServiceLedger()
    for _ in range(3):
        ledger.begin("a")
        ledger.finish("a", 5.0)
    assert not ledger.is_due("a")
    assert ledger.is_due("b")
    assert ledger.rank("b") < ledger.rank("a")


def test_a_full_list_sends_away_whoever_has_most_waiting() -> None:
    waiting, _ = queue([("many", 1.0), ("many", 2.0), ("few", 3.0)], capacity=3)
    assert waiting.add("few", 4.0) == 4.0, "both have two; the one who asks gives way"
    assert waiting.add("many", 5.0) == 5.0
    assert waiting.add("new", 6.0) == 2.0
    assert sorted(waiting) == [1.0, 3.0, 6.0]


async def test_slots_are_shared_in_turns_however_many_of_one_party_wait() -> None:
    slots, order, hold = FairSlots(1), [], asyncio.Event()

    async def work(party: str) -> None:
        async with slots.turn(party):
            order.append(party)
            await hold.wait()
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(work("a")) for _ in range(12)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(work("b")))
    await asyncio.sleep(0)
    hold.set()
    await asyncio.gather(*tasks)
    assert order.index("b") <= 1
    assert (order.count("a"), slots.waiting) == (12, 0)


async def test_who_is_cancelled_leaves_the_list_and_gives_its_slot_on() -> None:
    slots, begun = FairSlots(1), []

    async def work(party: str) -> None:
        async with slots.turn(party):
            begun.append(party)

    async with slots.turn("holder"):
        gone = [asyncio.create_task(work("gone")) for _ in range(3)]
        stays = asyncio.create_task(work("stays"))
        await asyncio.sleep(0)
        assert slots.waiting == 4
        gone[0].cancel()
        await asyncio.sleep(0)
        assert slots.waiting == 3
        gone[1].cancel()  # it is still on the list when the slot becomes free
    gone[2].cancel()  # it may just have been granted the slot
    await asyncio.wait_for(stays, 5)
    await asyncio.gather(*gone, return_exceptions=True)
    assert begun == ["stays"]
    await asyncio.wait_for(work("later"), 5)


async def test_a_flood_is_refused_and_others_are_not() -> None:
    slots = FairSlots(1, most_waiting=2)

    async def work(party: str) -> None:
        async with slots.turn(party):
            pass

    async with slots.turn("holder"):
        flood = [asyncio.create_task(work("flood")) for _ in range(3)]
        other = asyncio.create_task(work("other"))
        await asyncio.sleep(0)
        assert slots.waiting == 2
    results = await asyncio.gather(*flood, return_exceptions=True)
    assert [isinstance(result, TooManyWaiting) for result in results] == [False, True, True]
    await other


async def test_a_job_that_raises_frees_its_slot_and_is_charged() -> None:
    clock = Clock()
    slots = FairSlots(1, clock=clock)

    async def crash() -> None:
        async with slots.turn("a"):
            clock.now += 5
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crash()
    assert slots.ledger.rank("a").tag - slots.ledger.rank("b").tag == 5
    async with slots.turn("b"):
        pass
