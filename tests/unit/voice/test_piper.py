"""Piper with its real library and runtime, and a model that hums: a tone for each phoneme."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from lectern.voice.aligner import align
from lectern.voice.app import build_deps
from lectern.voice.deps import VoiceDeps
from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.engines.piper import PiperEngine, find_piper_voices
from lectern.voice.settings import VoiceSettings
from lectern.voice.table import load_voices
from lectern.worker import Permanent

RATE, SAMPLES = 16_000, 1200  # of each phoneme at a length scale of 1
TEXTS = ("A leaf runs on light.", "It takes in water.")


def humming_model(path: Path, language: str = "en_GB") -> None:
    """A voice whose every phoneme is a tone, 150 Hz and then 7 Hz more for each id, with Piper's inputs and output."""
    nodes = [
        helper.make_node("Cast", ["input"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["ids", "step"], ["above"]),
        helper.make_node("Add", ["above", "base"], ["hertz"]),
        helper.make_node("Squeeze", ["hertz", "zero"], ["row"]),
        helper.make_node("Unsqueeze", ["row", "one"], ["column"]),
        helper.make_node("Gather", ["scales", "middle"], ["scale"]),
        helper.make_node("Mul", ["scale", "length"], ["samples"]),
        helper.make_node("Range", ["nought", "samples", "tick"], ["ticks"]),
        helper.make_node("Mul", ["ticks", "turn"], ["turns"]),
        helper.make_node("Unsqueeze", ["turns", "zero"], ["across"]),
        helper.make_node("MatMul", ["column", "across"], ["phases"]),
        helper.make_node("Sin", ["phases"], ["tones"]),
        helper.make_node("Reshape", ["tones", "shape"], ["output"]),
    ]

    def number(name: str, value: float) -> onnx.TensorProto:
        return helper.make_tensor(name, TensorProto.FLOAT, [], [value])

    def whole(name: str, *values: int) -> onnx.TensorProto:
        return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)

    constants = [
        number("step", 7.0),
        number("base", 150.0),
        number("length", float(SAMPLES)),
        number("nought", 0.0),
        number("tick", 1.0),
        number("turn", 2 * np.pi / RATE),
        whole("zero", 0),
        whole("one", 1),
        helper.make_tensor("middle", TensorProto.INT64, [], [1]),
        whole("shape", 1, 1, 1, -1),
    ]
    graph = helper.make_graph(
        nodes,
        "humming",
        [
            helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
            helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "samples"])],
        constants,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))
    phonemes = [*"_^$ .,!?abcdefghijklmnopqrstuvwxyzæðŋɐɑɒɔəɛɜɡɪɹɾʃʊʌʒˈˌːθᵻ"]
    config = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "en-gb-x-rp"},
        "language": {"code": language},
        "inference": {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0},
        "num_symbols": 256,
        "num_speakers": 1,
        "phoneme_id_map": {phoneme: [number] for number, phoneme in enumerate(phonemes)},
    }
    Path(f"{path}.json").write_text(json.dumps(config))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    humming_model(tmp_path / "en_GB-hum-low.onnx")
    return tmp_path


def test_models_in_a_folder_are_voices_listed_before_espeaks(folder: Path) -> None:
    voices = build_deps(VoiceSettings(piper_voices=folder)).voices
    assert [voice.id for voice in voices if voice.language == "en-GB"][:2] == ["piper-en_GB-hum-low", "espeak-en-GB"]


def test_a_model_without_a_description_is_skipped(folder: Path) -> None:
    (folder / "de_DE-lost-low.onnx").write_bytes(b"")
    (folder / "fr_FR-odd-low.onnx").write_bytes(b"")
    (folder / "fr_FR-odd-low.onnx.json").write_text("not json")
    assert [voice.language for voice in find_piper_voices(VoiceSettings(piper_voices=folder))] == ["en-GB"]
    assert find_piper_voices(VoiceSettings()) == ()


@pytest.mark.slow
async def test_each_text_is_a_passage(folder: Path) -> None:
    [voice] = find_piper_voices(VoiceSettings(piper_voices=folder))
    speech = await PiperEngine().speak(TEXTS, voice, "en", 1.0)
    assert [passage.rate for passage in speech.passages] == [RATE, RATE]
    assert all(passage.seconds > 1 and np.abs(passage.samples).max() > 5000 for passage in speech.passages)
    assert speech.timing == "estimated"
    assert (speech.spent[0].characters, speech.spent[0].cost_usd) == (sum(map(len, TEXTS)), 0.0)


@pytest.mark.slow
async def test_pace_is_the_models_length_scale(folder: Path) -> None:
    [voice] = find_piper_voices(VoiceSettings(piper_voices=folder))
    usual, brisk = [(await PiperEngine().speak(TEXTS[:1], voice, "en", rate)).passages[0] for rate in (1.0, 1.25)]
    assert brisk.seconds == pytest.approx(usual.seconds / 1.25, rel=0.02)


@pytest.mark.slow
async def test_its_words_are_timed_by_espeaks_reading(folder: Path) -> None:
    [voice] = find_piper_voices(VoiceSettings(piper_voices=folder))
    speech = await PiperEngine().speak(TEXTS, voice, "en", 1.0)
    deps = VoiceDeps(engines={"espeak": EspeakEngine()}, voices=load_voices(), reference="espeak")
    found = await align(speech, TEXTS, "en-GB", deps)
    assert found.timing == "aligned"
    assert [len(passage.marks) for passage in found.passages] == [5, 4]


@pytest.mark.slow
async def test_a_broken_model_is_named_with_a_remedy(folder: Path) -> None:
    (folder / "en_GB-hum-low.onnx").write_bytes(b"half a download")
    [voice] = find_piper_voices(VoiceSettings(piper_voices=folder))
    with pytest.raises(Permanent) as failed:
        await PiperEngine().speak(TEXTS, voice, "en", 1.0)
    assert "piper-en_GB-hum-low cannot be loaded" in failed.value.problem.detail
    assert "LECTERN_PIPER_VOICES" in failed.value.problem.remedy
    assert str(folder) not in failed.value.problem.remedy
