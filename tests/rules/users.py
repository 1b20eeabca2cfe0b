"""What users do with their videos, as the gateway lets them, and what they may expect of the film afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Script
from lectern.contracts.state import VideoState
from lectern.gateway.handlers import approve, cancel, choose, delete, describe, edit, redo, retry, vary, write_code
from lectern.gateway.handlers.own_code import find_narration
from lectern.gateway.handlers.script_events import ScriptChange
from lectern.gateway.refusals import Refusal
from lectern.gateway.schemas import RedoRequest, VariantOptions, VideoPatch
from rules.makers import make_scene
from rules.world import World

Wish: TypeAlias = Literal[
    "cancel", "retry", "approve", "redo", "direct", "choose", "edit", "insert", "cut", "retitle", "code", "describe",
    "vary", "delete",
]  # fmt: skip
Expected: TypeAlias = Literal["as chosen", "afresh"]
MOST_VIDEOS = 2


class Expectation(msgspec.Struct, frozen=True):
    """What the footage of a scene must be one of, or must not be any of."""

    what: Expected
    footage: frozenset[str]


class Users:
    """Act on the videos of a world. `scripts` are the keys that their accepted changes put in force, by video."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._acts = 0
        self.scripts: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.expected: dict[tuple[str, int], Expectation] = {}

    async def act(self, wish: Wish, number: int) -> None:
        """A wish about one of the videos, if the gateway lets them have it."""
        world = self._world
        video = world.videos[number % len(world.videos)]
        log = await world.log.read(video)
        if not log or log.is_deleted:
            return
        self._acts += 1
        with contextlib.suppress(Refusal):
            match wish:
                case "cancel":
                    if ended := cancel(log):
                        await world.log.record_outcome(ended)
                case "delete":
                    await self._delete(log)
                case "retry" | "approve":
                    decided = retry(log) if wish == "retry" else approve(log)
                    if decided is not None:
                        await self._append(decided, log)
                case "describe":
                    title = f"Title {self._acts}"
                    described = describe(log, VideoPatch(title=title))
                    if described is not None and await self._append(described, log):
                        self.titles[video] = title
                case _:
                    await self._change(wish, number // len(world.videos), log)

    async def _delete(self, log: VideoLog) -> None:
        deleted = delete(log)
        if deleted is not None and await self._append(deleted, log):
            await self._world.connections.bus.publish(f"cancel.{log.video_id}", b"0")
            for key in await self._world.store.list_keys(keys.video_folder(log.video_id)):
                await self._world.store.delete(key)
            await self._world.log.erase(log.video_id)

    async def _change(self, wish: Wish, number: int, log: VideoLog) -> None:
        in_force = log.state.script()
        if in_force is None:
            return
        script = await self._world.store.get_json(in_force.script_key, Script)
        place = number % len(script.scenes) + 1
        if wish == "vary":
            await self._vary(log, script)
            return
        found = await self._decide(wish, number, place, log, script)
        if found is None or found[0] is None:
            return
        change, expectations = found
        after = change.script or script
        if change.script is not None:
            await self._world.store.put_json(change.event.script_key, change.script)
        if not await self._append(change.event, log):
            return
        self.scripts[log.video_id] = change.event.script_key
        self._forget_changed(log.video_id, script, after)
        for scene, expectation in expectations.items():
            self.expected[log.video_id, scene] = expectation

    async def _decide(
        self, wish: Wish, number: int, place: int, log: VideoLog, script: Script
    ) -> tuple[ScriptChange | None, dict[int, Expectation]] | None:
        before, rest = script.scenes[: place - 1], script.scenes[place:]
        new = make_scene(f"wish {self._acts}")
        replace = msgspec.structs.replace
        match wish:
            case "redo":
                known = _list_footage(log.state, [place])
                return redo(log, script, place), {place: Expectation("afresh", known)}
            case "direct":
                return redo(log, script, place, RedoRequest(direction=new.title)), {}
            case "code":
                narration = find_narration(log.state, place)
                source = f"# {keys.digest(script.scene(place))} own {self._acts}"
                return write_code(log, script, place, source, checked_with=narration), {}
            case "choose":
                takes = sorted(log.state.takes.get(place, {}).items())
                if not takes:
                    return None
                revision, take = takes[number // len(script.scenes) % len(takes)]
                of_take = await self._world.store.get_json(take.script_key, Script)
                chosen = Expectation("as chosen", frozenset({take.footage.key}))
                return choose(log, script, place, revision, of_take), {place: chosen}
        scenes = {
            "edit": (*before, new, *rest),
            "insert": (*before, new, *script.scenes[place - 1 :]),
            "cut": script.scenes[:-1] or script.scenes,
        }.get(wish, script.scenes)
        title = new.title if wish == "retitle" else script.title
        return edit(log, script, replace(script, title=title, scenes=scenes)), {}

    async def _vary(self, log: VideoLog, script: Script) -> None:
        """Another form, which keeps the script under a key of its own, as the gateway does."""
        world = self._world
        if len(world.videos) >= MOST_VIDEOS:
            return
        event = vary(log, script, VariantOptions(theme="light"), 0, new_id())
        assert event.variant is not None
        own = keys.script(event.video_id, keys.digest(script))
        await world.store.put_json(own, script)
        await world.add(msgspec.structs.replace(event, variant=msgspec.structs.replace(event.variant, script_key=own)))

    async def _append(self, event: e.AnyEvent, log: VideoLog) -> bool:
        """True if this very event is in the log now."""
        sequence = await self._world.log.append(event, log.last)
        stored = {entry.sequence: entry.event for entry in self._world.log.entries()}
        return sequence is not None and e.encode(stored[sequence]) == e.encode(event)

    def _forget_changed(self, video: str, before: Script, after: Script) -> None:
        for owner, scene in list(self.expected):
            if owner == video and _digest(before, scene) != _digest(after, scene):
                del self.expected[owner, scene]


def _digest(script: Script, number: int) -> str:
    """What a scene is made from: its own part of the script, and what is written on the film's first and last picture."""
    if number > len(script.scenes):
        return ""
    opening = script.opening if number == 1 else ""
    return keys.digest(script.scene(number), opening, script.closes_with(number) and (script.idea or script.title))


def _list_footage(state: VideoState, scenes: Iterable[int]) -> frozenset[str]:
    return frozenset(take.footage.key for number in scenes for take in state.takes.get(number, {}).values())
