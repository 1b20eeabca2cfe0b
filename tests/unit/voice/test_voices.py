"""Users name a voice, a locale or a language, and get the best one."""

from __future__ import annotations

import pytest

from lectern.contracts.script import Beat, Scene, Script
from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.table import load_voices
from lectern.voice.voices import Voice, assign_voices, choose_voice, find_voice
from lectern.worker import Permanent

ALL = load_voices()
LOCAL = tuple(voice for voice in ALL if voice.engine in ("espeak", "silent"))


def test_voice_ids_are_unique_and_valid_in_the_api() -> None:
    ids = [voice.id for voice in ALL]
    assert len(set(ids)) == len(ids)
    assert all(1 <= len(each) <= 80 and " " not in each for each in ids)


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("en-US", ALL, "en-US-Neural2-F"),
        ("en-us-neural2-d", ALL, "en-US-Neural2-D"),
        ("en", ALL, "en-US-Neural2-F"),
        ("en_US", ALL, "en-US-Neural2-F"),
        ("en-GB-male", ALL, "en-GB-Neural2-B"),
        ("zh-CN", ALL, "cmn-CN-Wavenet-A"),
        ("th", ALL, "th-TH-Chirp3-HD-Aoede"),
        ("sw", ALL, "gemini-Kore"),
        ("eleven-abcDEF123", ALL, "eleven-abcDEF123"),
        ("en-US", LOCAL, "espeak-en-US"),
        ("en-US-female", LOCAL, "espeak-en-US-female"),
        ("de", LOCAL, "espeak-de-DE"),
        ("no", LOCAL, "espeak-nb-NO"),
        ("silent", LOCAL, "silent"),
    ],
)
def test_a_voice_is_found(wanted: str, offered: tuple[Voice, ...], found: str) -> None:
    assert find_voice(wanted, offered).id == found


@pytest.mark.parametrize(("wanted", "named"), [("en-UK", "en-UK"), ("klingon", "klingon"), ("eleven-x", "eleven")])
def test_an_unknown_voice_is_refused_with_similar_ones(wanted: str, named: str) -> None:
    with pytest.raises(Permanent) as refused:
        find_voice(wanted, LOCAL)
    assert named in refused.value.problem.detail
    assert "GET /v1/voices" in refused.value.problem.remedy


@pytest.mark.parametrize(
    ("language", "found"), [("en", "espeak-en-US"), ("en-NZ", "espeak-en-US"), ("pt-PT", "espeak-pt-PT")]
)
def test_a_script_is_read_by_a_voice_of_its_language(language: str, found: str) -> None:
    assert choose_voice(language, LOCAL).id == found


@pytest.mark.slow
@pytest.mark.parametrize("voice", [voice for voice in LOCAL if voice.engine == "espeak"], ids=lambda voice: voice.id)
async def test_every_voice_of_espeak_speaks(voice: Voice) -> None:
    speech = await EspeakEngine().speak(("1 2 3",), voice, voice.language, 1.0)
    assert speech.passages[0].seconds > 0.3


@pytest.mark.parametrize("wanted", ["Kora", "gemini-Kora", "klingon"])
def test_a_misspelt_voice_is_not_taken_for_a_language(wanted: str) -> None:
    with pytest.raises(Permanent):
        find_voice(wanted, ALL)


def test_speakers_differ_and_keep_their_voice_in_all_scenes() -> None:
    one = Scene(title="A", beats=(Beat(text="Hi.", speaker="Ana"), Beat(text="Ho.", speaker="Ben")))
    two = Scene(
        title="B", beats=(Beat(text="So.", speaker="Ben"), Beat(text="Narrated."), Beat(text="!", speaker="Cy"))
    )
    lead = find_voice("en-US", ALL)
    roles = assign_voices(Script(title="T", scenes=(one, two)), lead, ALL)
    assert roles["Ana"] == lead
    assert roles["Ben"].gender != lead.gender
    assert len({voice.id for voice in roles.values()}) == 3
    assert {voice.language for voice in roles.values()} == {"en-US"}
    assert {voice.engine for voice in roles.values()} == {"google"}


def test_more_speakers_than_voices_share_voices() -> None:
    beats = tuple(Beat(text="Hi.", speaker=f"S{number}") for number in range(5))
    lead = find_voice("nl", LOCAL)
    roles = assign_voices(Script(title="T", scenes=(Scene(title="A", beats=beats),)), lead, LOCAL)
    assert set(roles.values()) == {lead}
