"""Narrates a planned scene: from the cache, else with its voice's engine."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.contracts import keys
from lectern.contracts.events import NarrationRef, SceneNarrated, ScenePlanned, message_id
from lectern.contracts.narration import Narration
from lectern.contracts.script import Beat, Script
from lectern.contracts.usage import Usage
from lectern.media import ProcessFailed
from lectern.voice.beats import prepare_beats, respell_beats
from lectern.voice.budget import check_budget
from lectern.voice.casting import Cast, cast_scene
from lectern.voice.deps import VoiceDeps
from lectern.voice.flac import write_flac
from lectern.voice.layout import lay_out
from lectern.voice.refusals import VoiceRefused
from lectern.voice.replacing import replace_voice
from lectern.voice.sound import trim
from lectern.voice.speaking import speak_beats
from lectern.voice.speech import Speech
from lectern.voice.voices import Voice
from lectern.worker import Job, Missing, ObjectStore, Stage, Transient, take_turns

STAGE = Stage("voice", turns=take_turns)

LAYOUT_VERSION = 3  # part of every narration key: raise it when the same words would be laid out differently


class NarrationBill(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of a narration, and the id of the event it was paid for; for other events it is free."""

    event: str
    spent: tuple[Usage, ...]


@STAGE.on(ScenePlanned, slots=4)
async def narrate(event: ScenePlanned, job: Job[VoiceDeps]) -> SceneNarrated | None:
    """Stores the scene's narration: one FLAC of even loudness, and when each word and beat begins.

    A voice that refuses is replaced for the whole video, unless the user named it; then there is no answer.
    """
    script = await job.store.get_json(event.script_key, Script)
    try:
        return await _narrate(event, script, job)
    except VoiceRefused as refusal:
        await replace_voice(event, job, script, refusal)
        return None


async def _narrate(event: ScenePlanned, script: Script, job: Job[VoiceDeps]) -> SceneNarrated:
    beats = prepare_beats(script, event.scene, cards=event.options.cards)
    cast = cast_scene(script, event.scene, event.options, job.deps.voices, job.log.state.voice())
    lead, roles = cast.lead, cast.roles
    spoken_by = tuple(roles.get(beat.speaker, lead) for beat in beats)
    beats = respell_beats(beats, spoken_by, script.language, job.deps.respelt)
    sha256 = _narration_digest(event, script, beats, spoken_by, lead, job.deps)
    async with job.deps.speaking.holding(sha256):  # the same words at the same time are spoken once
        narration, spent, cached = await _obtain(event, script, job, beats, cast, spoken_by, sha256)
    key, audio_key = _name_files(sha256)
    ref = _ref(key, audio_key, narration, own_voice=bool(script.scene(event.scene).voice))
    return job.answer(SceneNarrated, narration=ref, cached=cached, spent=spent)


async def _obtain(
    event: ScenePlanned,
    script: Script,
    job: Job[VoiceDeps],
    beats: tuple[Beat, ...],
    cast: Cast,
    spoken_by: Sequence[Voice],
    sha256: str,
) -> tuple[Narration, tuple[Usage, ...], bool]:
    """The narration that is stored or made, what it cost this event, and whether it was stored."""
    found = await _find(event, job, cast, sha256)
    if found is None and any(voice.usd_per_million for voice in spoken_by):
        async with job.deps.claims.holding(f"narration.{sha256}"):  # another replica may be paying for it
            found = await _find(event, job, cast, sha256)
            return found or await _make(event, script, job, beats, cast, spoken_by, sha256)
    return found or await _make(event, script, job, beats, cast, spoken_by, sha256)


async def _find(
    event: ScenePlanned, job: Job[VoiceDeps], cast: Cast, sha256: str
) -> tuple[Narration, tuple[Usage, ...], bool] | None:
    """The narration that is stored, if it is, and what this event has paid for it."""
    cached = await _find_narration(job.store, *_name_files(sha256))
    if cached is None:
        return None
    job.metrics.count_look("narration", hit=True)
    paid = cast.lead.usd_per_million and not job.spent_before  # else the worker remembers the cost
    return cached, await _read_bill(event, job.store, sha256) if paid else (), True


async def _make(
    event: ScenePlanned,
    script: Script,
    job: Job[VoiceDeps],
    beats: tuple[Beat, ...],
    cast: Cast,
    spoken_by: Sequence[Voice],
    sha256: str,
) -> tuple[Narration, tuple[Usage, ...], bool]:
    """Has the scene spoken, and stores it."""
    job.metrics.count_look("narration", hit=False)
    key, audio_key = _name_files(sha256)
    check_budget(event, job.log.state, script, cast.roles, cast.lead, job.spent_before)
    await job.progress(0, 1, "speaking")
    speech = job.deps.unstored.get(sha256)
    if speech is None:
        speech = await speak_beats(beats, spoken_by, script.language, event.options.speaking_rate, job.deps)
        job.note_paid(speech.spent)
        # Should storing fail, the next delivery finds it here and does not pay again; this one's cost is remembered.
        job.deps.unstored[sha256] = msgspec.structs.replace(speech, spent=())
    if any(item.cost_usd for item in speech.spent):
        bill = NarrationBill(event=message_id(event), spent=speech.spent)
        await job.store.put_json(keys.narration_bill(sha256), bill)
    narration = await _store_narration(job, beats, speech, cast.lead, script.language, key, audio_key)
    job.deps.unstored.pop(sha256, None)
    await job.progress(1, 1, "speaking")
    return narration, speech.spent, False


def _name_files(sha256: str) -> tuple[str, str]:
    """The keys of a narration and of its sound."""
    return keys.cache("narration", sha256, "json"), keys.cache("narration", sha256, "flac")


def _narration_digest(
    event: ScenePlanned, script: Script, beats: Sequence[Beat], voices: Sequence[Voice], lead: Voice, deps: VoiceDeps
) -> str:
    names = [(voice.name, voice.model) for voice in voices]
    version, rate = deps.engines[lead.engine].version, event.options.speaking_rate
    return keys.digest(LAYOUT_VERSION, lead.engine, version, names, script.language, rate, beats, event.salt)


async def _find_narration(store: ObjectStore, key: str, audio_key: str) -> Narration | None:
    """The cached narration, if any. Its JSON is written after its sound, and may expire after it."""
    found = await store.reuse(key) and await store.reuse(audio_key)
    return await store.get_json(key, Narration) if found else None


async def _read_bill(event: ScenePlanned, store: ObjectStore, sha256: str) -> tuple[Usage, ...]:
    """The usage that an earlier delivery of this same event paid for, if it ended before it could report it."""
    try:
        bill = await store.get_json(keys.narration_bill(sha256), NarrationBill)
    except Missing:
        return ()
    return bill.spent if bill.event == message_id(event) else ()


async def _store_narration(
    job: Job[VoiceDeps],
    beats: tuple[Beat, ...],
    speech: Speech,
    voice: Voice,
    language: str,
    key: str,
    audio_key: str,
) -> Narration:
    passages = [passage if speech.silent else trim(passage) for passage in speech.passages]
    layout = lay_out(beats, passages, language)
    narration = Narration(
        seconds=layout.seconds,
        samples=layout.samples,
        words=layout.words,
        beats=layout.beats,
        voice=voice.id,
        engine=voice.engine,
        timing=speech.timing,
    )
    async with job.scratch() as folder:
        audio = folder / "narration.flac"
        try:
            await write_flac(layout.pcm, layout.rate, layout.samples, audio, level=not speech.silent)
        except ProcessFailed as failure:
            raise Transient(f"ffmpeg could not encode the narration: {failure}") from failure
        await job.store.put_file(audio_key, audio, "audio/flac")
    await job.store.put_json(key, narration)
    return narration


def _ref(key: str, audio_key: str, narration: Narration, *, own_voice: bool) -> NarrationRef:
    return NarrationRef(
        key=key,
        audio_key=audio_key,
        seconds=narration.seconds,
        beats=len(narration.beats),
        timing=narration.timing,
        voice=narration.voice,
        own_voice=own_voice,
    )
