"""A planned scene becomes narration, with espeak-ng and ffmpeg."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import AUDIO_RATE
from lectern.contracts.script import Beat, Scene, Script
from lectern.media import FLAC, FfmpegCommand, MediaInput, input_args, run_ffmpeg
from lectern.voice.app import build_deps
from lectern.voice.handlers import STAGE
from lectern.voice.layout import FRAME_SAMPLES
from lectern.voice.settings import VoiceSettings
from lectern.worker import Connections
from lectern.worker.testing import deliver, memory_connections

pytestmark = pytest.mark.usefixtures("rough_loudness")

TEXTS = (
    "Every leaf is a tiny factory that runs on light.",
    "It takes in water, H₂O, and about 1,000 molecules of CO2 every second!",
    "Sugar stays; oxygen leaves — and we breathe it.",
)


@pytest.fixture(scope="module")
def connections() -> Connections:
    """Shared by all tests, so that the same scene is spoken once."""
    return memory_connections()


async def planned(connections: Connections, beats: Sequence[Beat], **script: object) -> e.ScenePlanned:
    """A planned scene whose script is in the store."""
    key = f"videos/{new_id()}/script.json"
    await connections.store.put_json(key, Script(title="T", scenes=(Scene(title="S", beats=tuple(beats)),), **script))  # type: ignore[arg-type]
    return e.ScenePlanned(video_id=new_id(), scene=1, script_key=key, options=VideoOptions())


async def narrate(connections: Connections, event: e.ScenePlanned) -> tuple[e.SceneNarrated, Narration]:
    [answer] = (await deliver(STAGE, event, connections, build_deps(VoiceSettings()))).events
    assert isinstance(answer, e.SceneNarrated), answer
    return answer, await connections.store.get_json(answer.narration.key, Narration)


async def read_samples(connections: Connections, key: str, folder: Path) -> np.ndarray:
    """The narration's samples."""
    flac, wav = folder / "n.flac", folder / "n.wav"
    await connections.store.get_file(key, flac)
    source = input_args(MediaInput(path=flac.name, kind=FLAC))
    await run_ffmpeg(FfmpegCommand(args=(*source, wav.name), writes=(wav.name,)), folder=folder, timeout=120)
    with wave.open(str(wav)) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (AUDIO_RATE, 1)
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")


async def test_every_written_word_is_timed_inside_its_beat(connections: Connections) -> None:
    _, narration = await narrate(connections, await planned(connections, [Beat(text=text) for text in TEXTS]))
    assert [word.text for word in narration.words] == " ".join(TEXTS).split()
    for word in narration.words:
        beat = narration.beats[word.beat]
        assert beat.start <= word.start < word.end <= beat.end
    assert narration.timing == "exact"


async def test_beats_are_gapless_and_span_the_scene(connections: Connections) -> None:
    _, narration = await narrate(connections, await planned(connections, [Beat(text=text) for text in TEXTS]))
    assert narration.beats[0].start == 0
    assert narration.beats[-1].end == narration.seconds
    assert all(a.end == b.start for a, b in zip(narration.beats, narration.beats[1:], strict=False))


async def test_the_sound_is_exactly_as_long_as_reported_and_whole_frames(
    connections: Connections, tmp_path: Path
) -> None:
    answer, narration = await narrate(connections, await planned(connections, [Beat(text=TEXTS[0])]))
    assert len(await read_samples(connections, answer.narration.audio_key, tmp_path)) == narration.samples
    assert narration.samples % FRAME_SAMPLES == 0
    for fps in (15, 30, 60):
        assert narration.seconds * fps == round(narration.seconds * fps)


async def test_words_are_heard_at_their_times(connections: Connections, tmp_path: Path) -> None:
    """Each beat's first word follows a pause, so the onset of its energy can be found independently."""
    answer, narration = await narrate(connections, await planned(connections, [Beat(text=text) for text in TEXTS]))
    sound = np.abs((await read_samples(connections, answer.narration.audio_key, tmp_path)).astype(np.float64))
    window = AUDIO_RATE // 200
    energy = np.convolve(sound, np.ones(window) / window, mode="same")
    for number in range(len(TEXTS)):
        word = next(word for word in narration.words if word.beat == number)
        around = slice(round((word.start - 0.2) * AUDIO_RATE), round((word.start + 0.2) * AUDIO_RATE))
        onset = (np.flatnonzero(energy[around] > 400)[0] + around.start) / AUDIO_RATE
        assert onset == pytest.approx(word.start, abs=0.05)


async def test_a_pause_is_silent_and_belongs_to_the_beat_before_it(connections: Connections, tmp_path: Path) -> None:
    asked, told = Beat(text="Which of them is it?", pause=1.5), Beat(text="It is the second.", pause=2.0)
    answer, narration = await narrate(connections, await planned(connections, [asked, told]))
    sound = np.abs((await read_samples(connections, answer.narration.audio_key, tmp_path)).astype(np.int32))
    last = max(word.end for word in narration.words if word.beat == 0)
    first = min(word.start for word in narration.words if word.beat == 1)
    assert first - last == pytest.approx(1.5, abs=0.01)
    assert sound[round((last + 0.1) * AUDIO_RATE) : round((first - 0.05) * AUDIO_RATE)].max() < 100
    assert narration.beats[0].end > last + 1.3
    assert narration.seconds - narration.words[-1].end == pytest.approx(2.0, abs=0.08)


async def test_a_pause_shorter_than_the_usual_one_changes_nothing(connections: Connections) -> None:
    usual, _ = await narrate(connections, await planned(connections, [Beat(text="One."), Beat(text="Two.")]))
    short, _ = await narrate(connections, await planned(connections, [Beat(text="One.", pause=0.2), Beat(text="Two.")]))
    assert short.narration.seconds == usual.narration.seconds


async def test_spoken_text_may_differ_from_the_written_text(connections: Connections) -> None:
    beat = Beat(
        text="Euler wrote e^(iπ) = -1.", spoken="Oiler wrote e to the power of i times pi, and it equals minus one."
    )
    _, narration = await narrate(connections, await planned(connections, [beat]))
    assert [word.text for word in narration.words] == beat.text.split()
    plain, _ = await narrate(connections, await planned(connections, [Beat(text=beat.text)]))
    assert plain.narration.seconds != narration.seconds


async def test_pronunciations_change_the_sound_and_not_the_words(connections: Connections) -> None:
    one, first = await narrate(connections, await planned(connections, [Beat(text="Nguyen met Xi.")]))
    two, second = await narrate(
        connections,
        await planned(connections, [Beat(text="Nguyen met Xi.")], pronunciations={"Nguyen": "nwin the second"}),
    )
    assert one.narration.key != two.narration.key
    assert second.seconds > first.seconds
    assert [word.text for word in second.words] == ["Nguyen", "met", "Xi."]


async def test_the_same_scene_is_spoken_once(connections: Connections) -> None:
    event = msgspec.structs.replace(await planned(connections, [Beat(text=TEXTS[0])]), salt=new_id())
    first, _ = await narrate(connections, event)
    other = msgspec.structs.replace(event, video_id=new_id())
    again, _ = await narrate(connections, other)
    assert again.narration == first.narration
    assert first.spent[0].characters == len(TEXTS[0])
    assert again.spent == (), "a cached narration is not billed again"


async def test_a_silent_scene_is_as_long_as_reading_it_aloud(connections: Connections, tmp_path: Path) -> None:
    event = await planned(connections, [Beat(text=text) for text in TEXTS])
    event = msgspec.structs.replace(event, options=VideoOptions(voice="silent"))
    answer, narration = await narrate(connections, event)
    assert not (await read_samples(connections, answer.narration.audio_key, tmp_path)).any()
    assert 8 < narration.seconds < 20
    assert narration.timing == "estimated"


@pytest.mark.parametrize("text", ["Hm.", "A", "1"])
async def test_a_scene_too_short_to_measure_is_still_spoken(connections: Connections, text: str) -> None:
    _, narration = await narrate(connections, await planned(connections, [Beat(text=text)]))
    assert narration.seconds > 0.8


async def test_speaking_faster_takes_less_time(connections: Connections) -> None:
    event = await planned(connections, [Beat(text=text) for text in TEXTS])
    _, normal = await narrate(connections, event)
    faster = msgspec.structs.replace(event, video_id=new_id(), options=VideoOptions(speaking_rate=1.5))
    _, fast = await narrate(connections, faster)
    assert fast.seconds < normal.seconds * 0.85


@pytest.mark.parametrize(
    ("beats", "options", "message"),
    [
        ([Beat(text="...")], VideoOptions(), "Scene 1 has a beat with no words"),
        ([], VideoOptions(), "Scene 1 has no narration"),
        ([Beat(text="word " * 1000)], VideoOptions(), "Split it into scenes"),
        ([Beat(text="Hello.")], VideoOptions(voice="en-UK"), "no voice 'en-UK' here. Choose en-US"),
    ],
)
async def test_what_cannot_be_spoken_fails_with_a_remedy(
    connections: Connections, beats: list[Beat], options: VideoOptions, message: str
) -> None:
    event = msgspec.structs.replace(await planned(connections, beats), options=options)
    [failed] = (await deliver(STAGE, event, connections, build_deps(VoiceSettings()))).events
    assert isinstance(failed, e.SceneFailed)
    assert message in f"{failed.problem.detail} {failed.problem.remedy}"


async def test_control_characters_and_markup_are_spoken_as_text(connections: Connections) -> None:
    _, narration = await narrate(
        connections, await planned(connections, [Beat(text='A\x07 <break time="9s"/> & [[p@n]] word.')])
    )
    assert narration.seconds < 8


async def test_the_scripts_language_chooses_the_voice(connections: Connections) -> None:
    event = await planned(connections, [Beat(text="Das Blatt ist grün.")], language="de")
    _, narration = await narrate(connections, event)
    assert narration.voice == "espeak-de-DE"


async def test_chinese_is_timed_phrase_by_phrase(connections: Connections) -> None:
    text = "植物利用阳光、水和二氧化碳制造糖分,并释放氧气。"
    _, narration = await narrate(connections, await planned(connections, [Beat(text=text)], language="zh-CN"))
    assert "".join(word.text for word in narration.words) == text
    assert len(narration.words) > 5
    assert [word.glued for word in narration.words] == [False] + [True] * (len(narration.words) - 1)
    assert all(word.end - word.start >= 0.04 - 1e-9 for word in narration.words)


async def test_two_speakers_have_two_voices(connections: Connections, tmp_path: Path) -> None:
    """Judged by their fundamental frequency: a woman's is well above a man's."""
    beats = [Beat(text="Why is the sky blue in the day?", speaker="Ana"), Beat(text="Because of air.", speaker="Ben")]
    answer, narration = await narrate(connections, await planned(connections, beats))
    sound = await read_samples(connections, answer.narration.audio_key, tmp_path)
    first, second = (
        pitch(sound[round(beat.start * AUDIO_RATE) : round(beat.end * AUDIO_RATE)]) for beat in narration.beats
    )
    assert second > first * 1.25


def pitch(sound: np.ndarray) -> float:
    """The fundamental frequency in Hz, by autocorrelation."""
    wave_form = sound.astype(np.float64)
    power = np.abs(np.fft.rfft(wave_form, 2 * len(wave_form))) ** 2
    correlation = np.fft.irfft(power)[: AUDIO_RATE // 60]
    shortest = AUDIO_RATE // 400
    return AUDIO_RATE / (shortest + int(np.argmax(correlation[shortest:])))


async def test_a_scene_is_spoken_by_a_voice_of_its_own_and_says_so(connections: Connections) -> None:
    beats = [Beat(text=TEXTS[0])]
    scenes = (Scene(title="S", beats=tuple(beats), voice="en-GB"), Scene(title="S", beats=tuple(beats)))
    key = f"videos/{new_id()}/script.json"
    await connections.store.put_json(key, Script(title="T", scenes=scenes))
    event = e.ScenePlanned(video_id=new_id(), scene=1, script_key=key, options=VideoOptions())
    own, own_narration = await narrate(connections, event)
    plain, _ = await narrate(connections, msgspec.structs.replace(event, scene=2))
    assert (own.narration.own_voice, plain.narration.own_voice) == (True, False)
    assert own.narration.voice != plain.narration.voice
    assert own_narration.voice == own.narration.voice
    assert own.narration.key != plain.narration.key
