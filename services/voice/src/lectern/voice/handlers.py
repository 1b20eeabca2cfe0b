"""Speaking a planned scene: from the cache, else by its voice's engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from lectern.contracts import keys
from lectern.contracts.events import NarrationRef, SceneNarrated, ScenePlanned, message_id
from lectern.contracts.narration import Narration, Timing
from lectern.contracts.problems import Problem
from lectern.contracts.script import Beat, Script
from lectern.contracts.usage import Usage
from lectern.media.process import ProcessFailed
from lectern.voice.aligner import aligned
from lectern.voice.cost import within_cost
from lectern.voice.layout import lay_out
from lectern.voice.loudness import write_flac
from lectern.voice.sound import at_rate, trimmed
from lectern.voice.speech import Engine, Passage, Speech
from lectern.voice.voices import Voice, cast, find_voice, voice_for
from lectern.worker import Job, Missing, ObjectStore, Permanent, Stage, Transient

STAGE = Stage("voice")

LAYOUT_VERSION = 3  # part of every narration key: raise it when the same words would be laid out differently
LONGEST = 4000  # characters of one scene, four minutes of speech: a scene should be far shorter
_LADDER: tuple[Timing, ...] = ("exact", "aligned", "estimated")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class VoiceDeps:
    """The engines by name, and the voices they offer, best first. `reader` finds word times where others give none."""

    engines: Mapping[str, Engine]
    voices: tuple[Voice, ...]
    reader: Engine | None = None


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What a narration cost, and the event it was made for: others find it for nothing."""

    event: str
    spent: tuple[Usage, ...]


@STAGE.on(ScenePlanned, slots=4)
async def narrate(event: ScenePlanned, job: Job[VoiceDeps]) -> SceneNarrated:
    """The scene's narration: one FLAC of even loudness, and when each word and beat begins."""
    script = await job.store.get_json(event.script_key, Script)
    beats = speakable(script, event.scene)
    wanted, offered = event.options.voice, job.deps.voices
    lead = find_voice(wanted, offered) if wanted else voice_for(script.language, offered)
    roles = cast(script, lead, offered)
    voices = tuple(roles.get(beat.speaker, lead) for beat in beats)
    engine = job.deps.engines[lead.engine]
    rate = event.options.speaking_rate
    spoken_by = [(voice.name, voice.model) for voice in voices]
    made_from = (LAYOUT_VERSION, engine.name, engine.version, spoken_by, script.language, rate, beats, event.salt)
    sha = keys.digest(*made_from)
    key, audio_key = keys.cache("narration", sha, "json"), keys.cache("narration", sha, "flac")
    known = await _known(job.store, key)
    if known is not None:
        spent = await _paid_before(event, job, key) if lead.usd_per_million else ()
        return job.answer(SceneNarrated, narration=_ref(key, audio_key, known), spent=spent)
    await within_cost(event, job, script, roles, lead)
    await job.progress(0, 1, "speaking")
    speech = await speak(beats, voices, script.language, rate, job.deps)
    if any(item.cost_usd for item in speech.spent):
        bill = Bill(event=message_id(event), spent=speech.spent)
        await job.store.put_json(_bill_key(key), bill)
    narration = await _store(job, beats, speech, lead, script.language, key, audio_key)
    await job.progress(1, 1, "speaking")
    return job.answer(SceneNarrated, narration=_ref(key, audio_key, narration), spent=speech.spent)


async def speak(beats: Sequence[Beat], voices: Sequence[Voice], language: str, rate: float, deps: VoiceDeps) -> Speech:
    """The beats, each by its voice, with marks in every passage where anything can tell them."""
    passages: dict[int, Passage] = {}
    timings: set[Timing] = set()
    spent: list[Usage] = []
    silent = False
    for voice in dict.fromkeys(voices):
        numbers = [number for number, each in enumerate(voices) if each == voice]
        texts = tuple(beats[number].said() for number in numbers)
        speech = await deps.engines[voice.engine].speak(texts, voice, language, rate)
        spent += [
            msgspec.structs.replace(item, cost_usd=item.cost_usd or voice.estimate(item.characters))
            for item in speech.spent
        ]
        if speech.timing == "estimated" and not speech.silent:
            speech = await aligned(speech, texts, language, deps.reader, deps.voices)
        passages.update(zip(numbers, speech.passages, strict=True))
        timings.add(speech.timing)
        silent |= speech.silent
    common = max(passage.rate for passage in passages.values())
    return Speech(
        passages=tuple(at_rate(passages[number], common) for number in range(len(beats))),
        timing=max(timings, key=_LADDER.index),
        silent=silent,
        spent=tuple(spent),
    )


def speakable(script: Script, scene: int) -> tuple[Beat, ...]:
    """The scene's beats as the voice is to say them. Raises Permanent for what cannot be spoken."""
    beats = tuple(_pronounced(beat, script.pronunciations) for beat in script.scene(scene).beats)
    if not beats or not all(re.search(r"\w", beat.said()) for beat in beats):
        raise Permanent(
            Problem(
                code="nothing-to-say",
                title="A beat without words",
                detail=f"Scene {scene} has {'a beat with no words in it' if beats else 'no narration'}.",
                remedy="Write a sentence for each beat of the scene, or delete the beat.",
            )
        )
    length = sum(len(beat.said()) for beat in beats)
    if length > LONGEST:
        raise Permanent(
            Problem(
                code="scene-too-long",
                title="A scene too long to speak",
                detail=f"Scene {scene} has {length} characters of narration; {LONGEST} is the most.",
                remedy="Split it into scenes of 8 to 45 seconds, about 20 to 120 words each.",
            )
        )
    return beats


def _pronounced(beat: Beat, pronunciations: Mapping[str, str]) -> Beat:
    said = _CONTROL.sub(" ", beat.said())
    for written, spoken in pronunciations.items():
        said = spoken.join(re.split(rf"(?<!\w){re.escape(written)}(?!\w)", said))
    text = _CONTROL.sub(" ", beat.text)
    return msgspec.structs.replace(beat, text=text, spoken="" if said == text else said)


async def _known(store: ObjectStore, key: str) -> Narration | None:
    """The narration when it was made before. Its JSON is written after its sound, so the one vouches for the other."""
    return await store.get_json(key, Narration) if await store.head(key) else None


async def _paid_before(event: ScenePlanned, job: Job[VoiceDeps], key: str) -> tuple[Usage, ...]:
    """What an earlier delivery of this very event paid, if it ended before it could say so."""
    try:
        bill = await job.store.get_json(_bill_key(key), Bill)
    except Missing:
        return ()
    return bill.spent if bill.event == message_id(event) else ()


def _bill_key(key: str) -> str:
    return key.removesuffix(".json") + ".bill.json"


async def _store(
    job: Job[VoiceDeps],
    beats: tuple[Beat, ...],
    speech: Speech,
    voice: Voice,
    language: str,
    key: str,
    audio_key: str,
) -> Narration:
    passages = [passage if speech.silent else trimmed(passage) for passage in speech.passages]
    laid = lay_out(beats, passages, language)
    narration = Narration(
        seconds=laid.seconds,
        samples=laid.samples,
        words=laid.words,
        beats=laid.beats,
        voice=voice.id,
        engine=voice.engine,
        timing=speech.timing,
    )
    async with job.scratch() as folder:
        audio = folder / "narration.flac"
        try:
            await write_flac(laid.pcm, laid.rate, laid.samples, audio, level=not speech.silent)
        except ProcessFailed as failure:
            raise Transient(f"ffmpeg could not finish the narration: {failure}") from failure
        await job.store.put_file(audio_key, audio, "audio/flac")
    await job.store.put_json(key, narration)
    return narration


def _ref(key: str, audio_key: str, narration: Narration) -> NarrationRef:
    return NarrationRef(
        key=key, audio_key=audio_key, seconds=narration.seconds, beats=len(narration.beats), timing=narration.timing
    )
