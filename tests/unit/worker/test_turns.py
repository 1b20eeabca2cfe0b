"""Fair turns: nobody waits for long because somebody else has much to do."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.contracts.parties import Party
from lectern.worker import FairSlots, ServiceLedger, TooManyWaiting, WaitingList

VIDEOS = [Party(video=name) for name in "abcde"]
PARTIES = st.sampled_from(VIDEOS)
OWNED = st.builds(Party, st.sampled_from(["ann", "bob", "cy"]), st.sampled_from("abc"))
SECONDS = st.floats(0.01, 60.0)
A, B, BAD, GOOD, LONG, SHORT, NEW = (Party(video=name) for name in ("a", "b", "bad", "good", "long", "short", "new"))


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def serve_all(waiting: WaitingList[float], ledger: ServiceLedger) -> list[tuple[Party, float]]:
    """Runs every job, one after another, and returns who was served, for how long."""
    served = []
    while picked := waiting.pick():
        party, seconds = picked
        ledger.finish(party, seconds)
        served.append((party, seconds))
    return served


def queue(jobs: list[tuple[Party, float]], capacity: int = 1000) -> tuple[WaitingList[float], ServiceLedger]:
    ledger = ServiceLedger()
    waiting: WaitingList[float] = WaitingList(ledger, capacity=capacity)
    for party, seconds in jobs:
        waiting.add(party, seconds)
    return waiting, ledger


@given(st.lists(st.tuples(PARTIES, SECONDS), max_size=60))
def test_every_job_is_run_once_and_a_partys_own_jobs_in_order(jobs: list[tuple[Party, float]]) -> None:
    served = serve_all(*queue(jobs))
    for party in VIDEOS:
        assert [job for job in served if job[0] == party] == [job for job in jobs if job[0] == party]


@given(st.lists(st.tuples(PARTIES, SECONDS), max_size=60))
def test_while_two_parties_wait_neither_is_served_more_than_two_jobs_ahead(jobs: list[tuple[Party, float]]) -> None:
    left = Counter(party for party, _ in jobs)
    had: dict[Party, float] = dict.fromkeys(left, 0.0)
    longest = max((seconds for _, seconds in jobs), default=0.0)
    for party, seconds in serve_all(*queue(jobs)):
        had[party] += seconds
        left[party] -= 1
        waiting = [each for each in left if left[each]]
        assert all(abs(had[one] - had[other]) <= 2 * longest for one in waiting for other in waiting)


@given(st.lists(st.tuples(PARTIES, SECONDS), min_size=1, max_size=40), SECONDS)
def test_whoever_comes_anew_waits_for_one_job_of_each_party_at_most(
    jobs: list[tuple[Party, float]], seconds: float
) -> None:
    waiting, ledger = queue(jobs)
    for _ in range(len(jobs) // 2):
        party, cost = waiting.pick() or (Party(), 0.0)
        ledger.finish(party, cost)
    waiting.add(NEW, seconds)
    before = []
    while (picked := waiting.pick()) and picked[0] != NEW:
        before.append(picked[0])
        ledger.finish(*picked)
    assert max(Counter(before).values(), default=0) <= 1


@given(st.lists(st.tuples(OWNED, SECONDS), max_size=60))
def test_while_two_owners_wait_neither_is_served_more_than_two_jobs_ahead_however_many_videos_they_have(
    jobs: list[tuple[Party, float]],
) -> None:
    had: Counter[str] = Counter()
    left = Counter(party.owner for party, _ in jobs)
    longest = max((seconds for _, seconds in jobs), default=0.0)
    for party, seconds in serve_all(*queue(jobs)):
        had[party.owner] += seconds  # type: ignore[assignment]
        left[party.owner] -= 1
        waiting = [each for each in left if left[each]]
        assert all(abs(had[one] - had[other]) <= 2 * longest for one in waiting for other in waiting)


@given(st.lists(st.tuples(OWNED, SECONDS), max_size=60))
def test_an_owners_videos_share_its_turns(jobs: list[tuple[Party, float]]) -> None:
    had: Counter[Party] = Counter()
    left = Counter(party for party, _ in jobs)
    longest = max((seconds for _, seconds in jobs), default=0.0)
    for party, seconds in serve_all(*queue(jobs)):
        had[party] += seconds  # type: ignore[assignment]
        left[party] -= 1
        waiting = [each for each in left if left[each] and each.owner == party.owner]
        assert all(abs(had[one] - had[other]) <= 2 * longest for one in waiting for other in waiting)


def test_a_hundred_videos_of_one_owner_count_as_much_as_one_of_another() -> None:
    many = [(Party("ann", f"video {number}"), 10.0) for number in range(100)]
    waiting, ledger = queue([*many, *[(Party("bob", "only"), 10.0)] * 3])
    owners = [party.owner for party, _ in serve_all(waiting, ledger)]
    assert owners[:6] == ["ann", "bob", "ann", "bob", "ann", "bob"]


def test_an_owner_whose_scene_was_killed_goes_on_with_its_other_videos() -> None:
    bad, fine, other = Party("ann", "bad"), Party("ann", "fine"), Party("bob", "other")
    waiting, ledger = queue([(bad, 1.0), (fine, 1.0), (other, 1.0), (fine, 1.0)])
    ledger.penalise(bad)
    assert [party for party, _ in serve_all(waiting, ledger)] == [fine, other, fine, bad]


def test_what_runs_counts_before_it_has_ended() -> None:
    waiting, _ = queue([(LONG, 60.0)] * 12 + [(SHORT, 1.0)])
    assert [party for party, _ in (waiting.pick() or (Party(), 0), waiting.pick() or (Party(), 0))] == [LONG, SHORT]


def test_a_penalised_party_waits_behind_all_others_for_a_while() -> None:
    clock = Clock()
    ledger = ServiceLedger(memory=600.0, clock=clock)
    waiting: WaitingList[int] = WaitingList(ledger, capacity=100)
    ledger.begin(BAD)
    ledger.finish(BAD, 0.1)
    ledger.penalise(BAD)
    for number in range(3):
        waiting.add(BAD, number)
    for number in range(3):
        waiting.add(GOOD, number)
        party, _ = waiting.pick() or (Party(), 0)
        ledger.finish(party, 50.0)
        assert party == GOOD
    assert (waiting.pick() or (Party(), 0))[0] == BAD, "nobody else waits"
    ledger.finish(BAD, 0.1)
    clock.now += 601
    assert not ledger.rank(BAD).penalised


def test_idle_parties_are_forgotten() -> None:
    clock = Clock()
    ledger = ServiceLedger(memory=600.0, clock=clock)
    for number in range(100):
        ledger.begin(Party(video=f"video {number}"))
        ledger.finish(Party(video=f"video {number}"), 1.0)
        clock.now += 10
    assert len(ledger) <= 61
    ledger.begin(A)
    clock.now += 601
    ledger.begin(B)
    assert len(ledger) == 2, "what runs is never forgotten"


def test_a_party_that_was_served_alone_is_no_longer_due_and_a_new_one_is() -> None:
    ledger = ServiceLedger()
    for _ in range(3):
        ledger.begin(A)
        ledger.finish(A, 5.0)
    assert not ledger.is_due(A)
    assert ledger.is_due(B)
    assert ledger.rank(B) < ledger.rank(A)


def test_a_full_list_sends_away_whoever_has_most_waiting() -> None:
    waiting, _ = queue([(LONG, 1.0), (LONG, 2.0), (SHORT, 3.0)], capacity=3)
    assert waiting.add(SHORT, 4.0) == 4.0, "both have two; the one who asks gives way"
    assert waiting.add(LONG, 5.0) == 5.0
    assert waiting.add(NEW, 6.0) == 2.0
    assert sorted(waiting) == [1.0, 3.0, 6.0]


def test_a_full_list_sends_away_the_owner_with_most_though_each_of_its_videos_has_one() -> None:
    waiting, _ = queue([(Party("ann", str(number)), float(number)) for number in range(4)], capacity=4)
    dropped = waiting.add(Party("bob", "only"), 9.0)
    assert dropped in (0.0, 1.0, 2.0, 3.0)
    assert 9.0 in set(waiting)


async def test_slots_are_shared_in_turns_however_many_of_one_party_wait() -> None:
    slots, order, hold = FairSlots(1), [], asyncio.Event()

    async def work(party: str) -> None:
        async with slots.turn(Party(video=party)):
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
        async with slots.turn(Party(video=party)):
            begun.append(party)

    async with slots.turn(Party(video="holder")):
        gone = [asyncio.create_task(work("gone")) for _ in range(3)]
        stays = asyncio.create_task(work("stays"))
        await asyncio.sleep(0)
        assert slots.waiting == 4
        gone[0].cancel()
        await asyncio.sleep(0)
        assert slots.waiting == 3
        gone[1].cancel()  # it is still on the list when the slot becomes free
    gone[2].cancel()  # it may just have been granted the slot
    await asyncio.wait_for(stays, 120)
    await asyncio.gather(*gone, return_exceptions=True)
    assert begun == ["stays"]
    await asyncio.wait_for(work("later"), 120)


async def test_a_flood_is_refused_and_others_are_not() -> None:
    slots = FairSlots(1, most_waiting=2)

    async def work(party: str) -> None:
        async with slots.turn(Party(video=party)):
            pass

    async with slots.turn(Party(video="holder")):
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
        async with slots.turn(A):
            clock.now += 5
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crash()
    assert slots.ledger.rank(A).tag - slots.ledger.rank(B).tag == 5
    async with slots.turn(B):
        pass
