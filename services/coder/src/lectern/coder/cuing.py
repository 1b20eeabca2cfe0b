"""Cues for scenes that go on with things of the one before: each is coded once that one is, or will never be.

Of a scene's narration and the code before it either may come first. Whoever of the coder and the cuer sees both in the
log publishes the cue, whose message id is the same each time: so there is one, and no scene waits for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import structlog
from nats.aio.msg import Msg

from lectern.contracts import events as e
from lectern.contracts.carrying import waits_for_scene_before
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Script
from lectern.worker import EventLog, Missing, ObjectStore


def find_cue(log: VideoLog, script: Script, number: int) -> e.SceneCued | None:
    """The cue for scene `number`, counted from 1, of the script it was narrated from; None where it needs none now.

    It needs one if it waits for the scene before, which is settled, and has neither code nor a cue.
    """
    state = log.state
    facts, narrated = state.scene(number), state.scene(number).narrated
    if narrated is None or facts.cued is not None or facts.is_settled() or state.is_stale(narrated):
        return None
    if not waits_for_scene_before(script, number) or not state.scene(number - 1).is_settled():
        return None
    shared = {name: getattr(narrated, name) for name in e.SceneCued.__struct_fields__ if hasattr(narrated, name)}
    return e.SceneCued(**{**shared, "at": e.now(), "began": e.now(), "attempt": 1, "cause": e.message_id(narrated)})


class Cuer:
    """Cues the scene after each one that is coded, or has failed. Replicas share the durable consumer."""

    def __init__(self, event_log: EventLog, store: ObjectStore) -> None:
        self._event_log = event_log
        self._store = store
        self._logger = structlog.get_logger("lectern.coder.cuer")

    async def cue_messages(self, messages: Sequence[Msg]) -> None:
        """Publish the cues that follow from events. Raises Transient, or a NATS error, to be given them again."""
        for message in messages:
            try:
                event = e.decode(message.data)
            except ValueError as error:  # of a later version, whose cuer knows it
                self._logger.warning("unreadable event", action="unreadable", error=str(error)[:200])
                continue
            if isinstance(event, e.SceneEvent):
                await self.cue_follower(event, at_least=message.metadata.sequence.stream)

    async def cue_follower(self, event: e.SceneEvent, *, at_least: int = 0) -> None:
        """Publish the cue that follows from one event, which is at `at_least` on the stream, if there is one."""
        log = await self._event_log.read(event.video_id, event.lane, at_least=at_least)
        number = event.scene + 1
        narrated = log.state.scene(number).narrated
        if narrated is None or log.state.scene(number).is_settled():
            return
        try:
            script = await self._store.get_json(narrated.script_key, Script)
        except (Missing, msgspec.ValidationError) as error:  # the coder says so to the scene's user
            self._logger.warning("cannot read a script", action="unreadable", error=str(error)[:200])
            return
        if cue := find_cue(log, script, number):
            await self._event_log.publish(cue)
