"""Chooses the voices of a video: the same in all its scenes, and none that has refused to speak it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from lectern.contracts.options import RefusedVoice, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.voice.refusals import VoiceRefused
from lectern.voice.voices import Voice, assign_voices, choose_voice, find_voice, speaks

MAX_REFUSALS = 2  # of one engine's voices, after which the others are not tried
MAX_ALTERNATIVES = 4  # named in a remedy


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks: `lead`, and in a dialogue the voice of each speaker."""

    lead: Voice
    roles: Mapping[str, Voice]


def cast_voices(script: Script, options: VideoOptions, voices: Sequence[Voice], spoken_by: str = "") -> Cast:
    """The voices of a video, of which other scenes are `spoken_by` a voice with this id already.

    Raises Permanent when no voice is left, VoiceRefused when that of the other scenes has gone.
    """
    usable = [voice for voice in voices if not _is_refused(voice, options.refused_voices, voices)]
    if spoken_by and not names_voice(options.voice, voices):
        lead = next((voice for voice in usable if voice.id == spoken_by), None)
        if lead is None:
            raise VoiceRefused(_absent_voice(spoken_by), voice=spoken_by)
    else:
        lead = find_voice(options.voice, usable) if options.voice else choose_voice(script.language, usable)
    return Cast(lead=lead, roles=assign_voices(script, lead, usable))


def cast_scene(
    script: Script, number: int, options: VideoOptions, voices: Sequence[Voice], spoken_by: str = ""
) -> Cast:
    """The voices of one scene: the video's, with the scene's own in place of the lead. Raises as `cast_voices` does."""
    scene = script.scene(number)
    if not scene.voice:
        return cast_voices(script, options, voices, spoken_by)
    own = find_voice(scene.voice, voices)
    if not any(beat.speaker for beat in scene.beats):
        return Cast(lead=own, roles={})
    cast = cast_voices(script, options, voices, spoken_by)
    return Cast(lead=own, roles={who: own if voice == cast.lead else voice for who, voice in cast.roles.items()})


def names_voice(wanted: str, voices: Sequence[Voice]) -> bool:
    """True if a user's wish names one voice, not a locale or nothing."""
    return any(
        voice.id.lower() == wanted.lower() or (voice.custom_prefix and wanted.startswith(voice.custom_prefix))
        for voice in voices
    )


def suggest_voices(refusal: VoiceRefused, language: str, voices: Sequence[Voice]) -> Problem:
    """The refusal's problem, whose remedy names voices that may speak instead: of each engine one, then others."""
    others = [
        voice
        for voice in voices
        if voice.id != refusal.voice
        and not (refusal.whole_engine and voice.engine == refusal.engine)
        and speaks(voice, language)
    ]
    first_of_engine = {voice.engine: voice for voice in reversed(others)}
    ranked = sorted(others, key=lambda voice: first_of_engine[voice.engine] is not voice)
    names = ", ".join(voice.id for voice in ranked[:MAX_ALTERNATIVES])
    if not names:
        return refusal.problem
    remedy = f"{refusal.problem.remedy} Voices for {language} that are set up here: {names}."
    return msgspec.structs.replace(refusal.problem, remedy=remedy)


def _is_refused(voice: Voice, refused: Sequence[RefusedVoice], voices: Sequence[Voice]) -> bool:
    ids = {each.voice for each in refused}
    counts = Counter(each.engine for each in voices if each.id in ids)
    engines = {each.engine for each in refused if each.engine}
    return voice.id in ids or voice.engine in engines or counts[voice.engine] >= MAX_REFUSALS


def _absent_voice(voice: str) -> Problem:
    return Problem(
        code="voice-unavailable",
        title="The video's voice is gone",
        detail=f"The other scenes are spoken by {voice}, which is no longer set up here.",
        remedy="Set the voice up again, then retry the video.",
        retryable=True,
    )
