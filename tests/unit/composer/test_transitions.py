"""Transitions: only the frames before a cut are encoded, and nothing else moves by a frame."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from unit.composer.sample_inputs import SampleScene, make_inputs, rendered_event, sample_script

from lectern.composer.inputs import VideoInputs, footage_name
from lectern.composer.join import format_concat_list, join_video
from lectern.composer.sound import mix_sound
from lectern.composer.timeline import build_timeline
from lectern.composer.transitions import Blend, CutPlan, choose_blend, draw_cuts, plan_cuts
from lectern.contracts import events as e
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import preset
from lectern.contracts.script import ScenePlan, Script, Transition
from lectern.scenekit.footage import Encoding, FootageWriter

SIZE = (320, 180)
DRAFT = preset("draft", "16:9")


def make_events(script: Script) -> list[e.SceneRendered]:
    numbers = range(1, len(script.scenes) + 1)
    return [rendered_event("v", n, script_key="s", options=VideoOptions(), key=f"k{n}") for n in numbers]


def with_transition(script: Script, number: int, transition: Transition) -> Script:
    scene = msgspec.structs.replace(script.scene(number), plan=ScenePlan(transition=transition))
    return msgspec.structs.replace(script, scenes=(*script.scenes[: number - 1], scene, *script.scenes[number:]))


def with_code(event: e.SceneRendered, key: str, *before: str) -> e.SceneRendered:
    code = e.CodeRef(key=key, origin="author", context=e.CodeContext(before=before))
    return msgspec.structs.replace(event, code=code)


@pytest.mark.parametrize(
    ("wanted", "carried", "blend"),
    [
        ("", False, "dissolve"),
        ("", True, None),
        ("cut", False, None),
        ("push", False, "push"),
        ("dissolve", True, "dissolve"),
    ],
)
def test_what_is_carried_needs_no_transition_and_all_else_dissolves_unless_the_script_says_otherwise(
    wanted: Transition, carried: bool, blend: Blend | None
) -> None:
    script = with_transition(sample_script(2), 2, wanted)
    first, second = make_events(script)
    second = with_code(second, "b", *(["z", "a"] if carried else []))
    assert choose_blend(script, with_code(first, "a"), second) == blend


def test_a_scene_that_was_drawn_after_other_code_than_is_shown_before_it_dissolves() -> None:
    script = sample_script(2)
    first, second = make_events(script)
    assert choose_blend(script, with_code(first, "card"), with_code(second, "b", "a")) == "dissolve"


def test_a_scene_shorter_than_three_transitions_ends_with_a_cut() -> None:
    script = sample_script(3)
    timeline = build_timeline(30, [(1, "a", 35), (2, "b", 36), (3, "c", 90)])
    plans = plan_cuts(script, make_events(script), timeline)
    assert plans == [CutPlan(scene=2, following=3, blend="dissolve", frames=12)]
    assert format_concat_list(timeline, plans) == (
        "ffconcat version 1.0\nfile scene-001.mp4\nduration 1.166667\n"
        "file scene-002.mp4\noutpoint 0.783333\nduration 0.800000\nfile cut-002.mp4\nduration 0.400000\n"
        "file scene-003.mp4\nduration 3.000000\n"
    )


def read_lumas(video: Path) -> npt.NDArray[np.uint8]:
    """The luma of every frame: (frames, height, width)."""
    argv = ["ffmpeg", "-v", "error", "-i", str(video), "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, SIZE[1], SIZE[0])


def draw_footage(path: Path, frames: int, fps: int, level: int) -> None:
    """Footage of one grey, with a bright bar that moves to the right by two pixels a frame."""
    footage = FootageWriter(path, Encoding(width=SIZE[0], height=SIZE[1], fps=fps, crf=DRAFT.crf))
    for number in range(frames):
        picture = np.full((SIZE[1], SIZE[0], 4), level, np.uint8)
        picture[:20, 2 * number : 2 * number + 20] = 255
        footage.write(picture)
    footage.finish()


async def make_film(folder: Path, fps: int, blend: Blend) -> tuple[VideoInputs, list[CutPlan], Path, list[str]]:
    lengths = [3 * fps // 2 + 3, 2 * fps + 1]
    inputs = make_inputs(folder, [SampleScene(frames=frames) for frames in lengths], fps=fps)
    for number, (frames, level) in enumerate(zip(lengths, (60, 160), strict=True), 1):
        draw_footage(folder / footage_name(number), frames, fps, level)
    script = with_transition(inputs.script, 2, blend)
    plans = plan_cuts(script, make_events(script), inputs.timeline)
    cuts, faults = await draw_cuts(plans, inputs.timeline, folder, DRAFT)
    joined = await join_video(inputs, await mix_sound(inputs, None, bitrate="192k"), None, cuts=cuts)
    return inputs, cuts, joined.path, faults


@pytest.mark.slow
@pytest.mark.parametrize(("fps", "blend"), [(15, "push"), (30, "dissolve"), (60, "dissolve")])
async def test_every_frame_is_in_its_place_and_only_those_before_the_cut_are_blended(
    tmp_path: Path, fps: int, blend: Blend
) -> None:
    inputs, [cut], video, faults = await make_film(tmp_path, fps, blend)
    assert faults == []
    pictures = read_lumas(video).astype(int)
    first, second = (read_lumas(tmp_path / footage_name(number)).astype(int) for number in (1, 2))
    assert len(pictures) == len(first) + len(second) == inputs.timeline.frames
    kept = len(first) - cut.frames
    assert np.array_equal(pictures[:kept], first[:kept])
    assert np.array_equal(pictures[len(first) :], second)
    blended = pictures[kept : len(first)]
    assert np.abs(blended[0] - first[kept]).max() < 12
    levels = [picture[100:].mean() for picture in blended]
    assert all(before < after for before, after in itertools.pairwise(levels))
    assert levels[-1] < second[0][100:].mean()
    halves = [picture[100:, :10].mean() - picture[100:, -10:].mean() for picture in blended]
    assert bool(min(halves) < -60) == (blend == "push")


@pytest.mark.slow
async def test_a_transition_that_could_not_be_joined_is_told_and_becomes_a_cut(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=60), SampleScene(frames=60)])
    plans = plan_cuts(inputs.script, make_events(inputs.script), inputs.timeline)
    unlike = msgspec.structs.replace(DRAFT, encoder_preset="medium")
    cuts, faults = await draw_cuts(plans, inputs.timeline, tmp_path, unlike)
    assert cuts == []
    assert "the transition after scene 1 has profile" in faults[0]
