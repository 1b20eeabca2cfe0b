"""What holds of every video, whatever happened: while it is made, and when nothing is left to be done."""

from __future__ import annotations

import math
from collections import Counter

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.carrying import waits_for_scene_before
from lectern.contracts.script import Script
from lectern.contracts.state import VideoState, fold
from rules.users import Users
from rules.world import World

_CENT = 1e-9  # dollars: what adding up in floats may lose


def check_always(world: World, users: Users) -> None:
    """What holds after every step."""
    log = world.log.entries()
    assert not world.late, f"a stage went on with a deleted video: {world.late}"
    outcomes = Counter((each.event.video_id, each.event.revision) for each in log if isinstance(each.event, e.Outcome))
    assert not world.books.repeated, f"paid again for what was answered: {world.books.repeated}"
    assert not outcomes or max(outcomes.values()) == 1, "a revision has two outcomes"
    for video in world.videos:
        state = world.states[video]
        if state.deleted:
            assert isinstance(state.outcome(), e.VideoDeleted), "a deleted video came back"
            continue
        waiting = [(stage, event) for (stage, _), (event, _) in world.pending.items() if event.video_id == video]
        if waits := state.delay():
            assert any(stage == waits.stage for stage, _ in waiting), (
                f"waits for {waits.stage}, which has nothing to do"
            )
        if state.outcome() is None and not state.awaits_approval():
            assert waiting, "a video that has not ended, and nothing is left to be delivered"
        _check_made(world, users, video, state)


def _check_made(world: World, users: Users, video: str, state: VideoState) -> None:
    """Nothing that a user made is lost: titles, scripts, and the takes of every scene with all they are made of."""
    script = state.script()
    if video in users.scripts:
        assert script is not None
        assert script.script_key == users.scripts[video], "a user's script is not in force any more"
    if video in users.titles:
        assert state.title() == users.titles[video]
    kept = set(world.store.keys())
    if script is not None:
        assert script.script_key in kept
    for takes in state.takes.values():
        for take in takes.values():
            assert {take.footage.key, take.code.key, take.narration.key, take.script_key} <= kept, "a take is lost"


def check_versions(world: World) -> None:
    """No scene goes back to an older version of its code within a revision."""
    newest: dict[tuple[str, int, int], int] = {}
    states = {video: VideoState() for video in world.videos}
    for _, event in world.log.entries():
        video = event.video_id
        states[video] = fold([event], states[video])
        for number, facts in states[video].scene_events.items():
            if coded := facts.coded:
                place = (video, number, coded.revision)
                assert coded.version >= newest.get(place, 0), "a scene went back to an older version of its code"
                newest[place] = coded.version


async def check_cues(world: World) -> None:
    """A scene that goes on with the one before is cued once that one is settled, and no other scene is cued."""
    states = {video: VideoState() for video in world.videos}
    for _, event in world.log.entries():
        state = states[event.video_id]
        if isinstance(event, e.SceneCued) and not state.is_stale(event):
            assert state.scene(event.scene - 1).is_settled(), "a scene was cued before the one that it goes on with"
            script = await world.store.get_json(event.script_key, Script)
            assert waits_for_scene_before(script, event.scene), "a scene was cued that waits for none"
        states[event.video_id] = fold([event], state)


def check_fold(world: World) -> None:
    """Redelivery and order change nothing of what a log adds up to."""
    for video in world.videos:
        events = [event for _, event in world.log.entries() if event.video_id == video]
        state = fold(events)
        assert fold([*reversed(events), *events]) == state
        assert fold([*events[::2], *events[1::2]]) == state


def check_books(world: World) -> None:
    """What was paid is told once, and within the limit; of a process that died or was frozen it may not be told."""
    for video in world.videos:
        state = world.states[video]
        if state.deleted:
            continue
        payments = [each for each in world.books.payments if each.run.event.video_id == video]
        paid = math.fsum(each.dollars for each in payments)
        told = math.fsum(usage.cost_usd for usage in state.usage())
        certain = math.fsum(each.dollars for each in payments if not each.run.disturbed)
        assert certain - _CENT <= told <= paid + _CENT, f"paid {paid}, of which {certain} for certain; told {told}"
        requested = state.requested
        limit = requested.options.max_cost_usd if requested else None
        if limit is not None and certain == paid:
            assert paid <= limit + _CENT, f"paid {paid} of at most {limit}"


async def check_films(world: World, users: Users) -> None:
    """A completed video shows the script in force, and each take that was chosen and not changed since."""
    for video in world.videos:
        state = world.states[video]
        in_force = state.script()
        if not isinstance(state.outcome(), e.VideoCompleted) or in_force is None:
            continue
        script = await world.store.get_json(in_force.script_key, Script)
        for number, facts in state.scenes().items():
            assert facts.rendered, f"scene {number} of a completed video was not rendered"
            shown = facts.rendered.footage.key
            expected = users.expected.get((video, number))
            if expected and expected.what == "as chosen":
                assert shown in expected.footage, f"scene {number} is not the take that was chosen"
            if expected and expected.what == "afresh":
                assert shown not in expected.footage, f"scene {number} is what it was before it was redone"
            if facts.rendered.code.origin != "author":
                drawn = (await world.store.get(shown)).decode()
                assert keys.digest(script.scene(number)) in drawn, f"scene {number} shows other words"
