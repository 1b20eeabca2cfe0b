"""Replaces a voice that has refused to speak: the whole video is spoken again, by the next voice of its language."""

from __future__ import annotations

import msgspec

from lectern.contracts.events import ScenePlanned, ScriptApproved, message_id
from lectern.contracts.log import VideoLog
from lectern.contracts.options import RefusedVoice
from lectern.contracts.script import Script
from lectern.contracts.state import VideoState
from lectern.contracts.usage import Usage, add_up
from lectern.voice.casting import cast_voices, names_voice, suggest_voices
from lectern.voice.deps import VoiceDeps
from lectern.voice.refusals import VoiceRefused
from lectern.worker import Job, Permanent, Unavailable

MAX_APPENDS = 20  # attempts while other stages append too; each takes milliseconds


async def replace_voice(event: ScenePlanned, job: Job[VoiceDeps], script: Script, refusal: VoiceRefused) -> None:
    """Begins a revision in which another voice speaks every scene, unless another scene or a user began one before.

    The log decides: the revision is appended only if nothing was added meanwhile. Raises Permanent when the user named
    the voice, or when no other is left.
    """
    voices = job.deps.voices
    gives_up = Permanent(
        suggest_voices(refusal, script.language, voices), spent=refusal.spent, repairable=refusal.repairable
    )
    if script.scene(event.scene).voice or names_voice(event.options.voice, voices):
        raise gives_up from refusal
    spent = add_up((*job.spent_before, *refusal.spent))
    newest = 0
    for _ in range(MAX_APPENDS):
        log = await job.event_log.read(event.video_id, event.lane, at_least=newest)
        if _is_settled(log.state, event):
            return
        approval = _approve_again(event, log, refusal, spent)
        try:
            cast_voices(script, approval.options, voices)
        except Permanent as nobody:
            raise gives_up from nobody
        newest = await job.event_log.append(approval, log.last) or log.last
    raise Unavailable("the video's log kept growing while its voice was replaced", code="log-unavailable")


def _is_settled(state: VideoState, event: ScenePlanned) -> bool:
    """True if nothing is left to do for the scene's plan: it was planned again, or its revision has ended."""
    replanned = state.planned_in.get(event.scene, 1) > event.revision
    return replanned or state.outcome() is not None or state.awaits_approval() or state.script() is None


def _approve_again(
    event: ScenePlanned, log: VideoLog, refusal: VoiceRefused, spent: tuple[Usage, ...]
) -> ScriptApproved:
    script = log.state.script()
    assert script is not None
    refused = RefusedVoice(
        voice=refusal.voice,
        engine=refusal.engine if refusal.whole_engine else "",
        reason=refusal.problem.detail.rstrip(".") + ".",
    )
    options = msgspec.structs.replace(script.options, refused_voices=(*script.options.refused_voices, refused))
    plan = range(1, len(script.scenes) + 1)
    return ScriptApproved(
        video_id=event.video_id,
        owner=event.owner,
        lane=event.lane,
        revision=log.state.revision() + 1,
        cause=message_id(event),
        script_key=script.script_key,
        title=script.title,
        scenes=script.scenes,
        plan=tuple(plan),
        options=options,
        assets=script.assets,
        doubts=script.doubts,
        hints=script.hints,
        salts={number: salt for number in plan if (salt := log.find_salt(number))},
        spent=spent,
    )
