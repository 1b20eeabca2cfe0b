"""A render job: exact frame counts, animations in step with the narration, errors at the author's own line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import av
import numpy as np
import pytest
from unit.scenekit.job_folders import frames_of, job_folder

from lectern.scenekit import font_letters
from lectern.scenekit.job import run

TWO_BEATS = """
    from lectern.scenekit import *

    class Two(NarratedScene):
        def construct(self):
            circle = Circle()
            with self.beat():
                self.play(Create(circle))
            with self.beat():
                self.play(circle.animate.shift(RIGHT))
"""


@pytest.mark.parametrize(("fps", "first", "second"), [(15, 1.03, 1.05), (30, 0.777, 0.5117), (60, 0.51, 0.341)])
def test_footage_has_exactly_as_many_frames_as_the_narration(
    tmp_path: Path, fps: int, first: float, second: float
) -> None:
    result = run(job_folder(tmp_path / "job", TWO_BEATS, beats=[(first, "one"), (second, "two")], fps=fps))
    assert result["error"] is None
    assert result["frames"] == round((first + second) * fps)
    assert len(frames_of(tmp_path / "job/footage.mp4")) == result["frames"]


def test_the_computing_is_told_by_part(tmp_path: Path) -> None:
    result = run(job_folder(tmp_path / "job", TWO_BEATS, beats=[(1.0, "one"), (1.0, "two")]))
    parts = result["cpu_parts"]
    assert list(parts) == ["set_up", "interpolation", "rasterising", "conversion", "encoding"]
    assert all(seconds > 0 for seconds in parts.values())
    assert sum(parts.values()) == pytest.approx(result["cpu_seconds"], abs=0.01)


def test_an_animation_shorter_than_its_beat_is_held(tmp_path: Path) -> None:
    result = run(job_folder(tmp_path / "job", TWO_BEATS, beats=[(2.0, "one"), (1.0, "two")]))
    pictures = frames_of(tmp_path / "job/footage.mp4")
    held = np.abs(pictures[17].astype(int) - pictures[28].astype(int)).max()
    moving = np.abs(pictures[5].astype(int) - pictures[12].astype(int)).max()
    assert held < 8 < moving
    assert result["beats"][0] == {"measured": 1.0, "allotted": 2.0, "speed": 1.0}


def test_a_beat_that_is_too_long_is_sped_up(tmp_path: Path) -> None:
    result = run(job_folder(tmp_path / "job", TWO_BEATS, beats=[(0.6, "one"), (1.0, "two")]))
    assert result["beats"][0]["speed"] == pytest.approx(1 / 0.6, rel=0.01)
    assert result["findings"] == []
    assert result["frames"] == 24


def test_a_beat_far_too_long_is_an_overrun_and_still_fits(tmp_path: Path) -> None:
    code = TWO_BEATS.replace("Create(circle)", "Create(circle), run_time=6")
    result = run(job_folder(tmp_path / "job", code, beats=[(1.0, "one"), (1.0, "two")]))
    finding = next(each for each in result["findings"] if each["rule"] == "beat-overrun")
    assert (finding["beat"], finding["line"]) == (1, 6)
    assert "under 2.5 s" in finding["message"]
    assert result["ok"]
    assert len(frames_of(tmp_path / "job/footage.mp4")) == 30


def test_an_animation_starts_on_its_word(tmp_path: Path) -> None:
    code = """
        from lectern.scenekit import *

        class Word(NarratedScene):
            def construct(self):
                with self.beat():
                    self.at("light")
                    self.add(Square(side_length=6, fill_opacity=1, color=WHITE))
                    self.play(Wait(0.2))
    """
    run(job_folder(tmp_path / "job", code, beats=[(2.0, "see the light now")]))
    bright = [picture.mean() > 60 for picture in frames_of(tmp_path / "job/footage.mp4")]
    assert bright.index(True) == 13  # 0.12 s before the third of four words in two seconds, at 15 frames per second


def test_a_word_that_is_not_spoken_is_a_finding_with_its_line(tmp_path: Path) -> None:
    code = TWO_BEATS.replace("self.play(Create", "self.at('water'); self.play(Create")
    result = run(job_folder(tmp_path / "job", code, beats=[(1.0, "only light"), (1.0, "two")], mode="measure"))
    finding = next(each for each in result["findings"] if each["rule"] == "word-missing")
    assert finding["line"] == 7
    assert "only light" in finding["message"]


def test_waits_at_the_end_of_a_beat_do_not_speed_it_up(tmp_path: Path) -> None:
    code = TWO_BEATS.replace("self.play(Create(circle))", "self.play(Create(circle)); self.wait(5)")
    result = run(job_folder(tmp_path / "job", code, beats=[(1.2, "one"), (1.0, "two")], mode="measure"))
    assert result["beats"][0] == {"measured": 1.0, "allotted": 1.2, "speed": 1.0}


@pytest.mark.parametrize("script", [1, 3])
def test_a_wrong_number_of_beats_is_an_error_and_the_frames_stay_exact(tmp_path: Path, script: int) -> None:
    beats = [(0.8, f"beat {number}") for number in range(script)]
    result = run(job_folder(tmp_path / "job", TWO_BEATS, beats=beats))
    finding = next(each for each in result["findings"] if each["rule"] == "beat-missing")
    assert finding["level"] == "error"
    assert f"the script has {script} beat(s), the code has 2" in finding["message"]
    assert len(frames_of(tmp_path / "job/footage.mp4")) == round(script * 0.8 * 15)


def test_plain_manim_is_fitted_as_a_whole(tmp_path: Path) -> None:
    code = """
        from manim import *

        class Plain(Scene):
            def construct(self):
                self.play(Create(Square()), run_time=2)
                self.wait(1)
                self.play(FadeOut(*self.mobjects), run_time=1)
    """
    result = run(job_folder(tmp_path / "job", code, beats=[(1.0, "a"), (1.5, "b")]))
    assert result["beats"] == [{"measured": 4.0, "allotted": 2.5, "speed": 1.24}]
    assert not [each for each in result["findings"] if each["rule"] == "beat-missing"]
    pictures = frames_of(tmp_path / "job/footage.mp4")
    assert len(pictures) == round(2.5 * 15)
    assert pictures[15].max() > 100 > pictures[-1].max()


def test_the_waits_of_plain_manim_are_stretched_to_fill_the_narration(tmp_path: Path) -> None:
    code = """
        from manim import *

        class Plain(Scene):
            def construct(self):
                self.play(FadeIn(Square(6, fill_opacity=1)), run_time=1)
                self.wait(1)
                self.play(FadeOut(*self.mobjects), run_time=1)
    """
    run(job_folder(tmp_path / "job", code, beats=[(4.0, "a")]))
    bright = [picture.max() > 230 for picture in frames_of(tmp_path / "job/footage.mp4")]
    assert sum(bright[15:45]) == 30
    assert not any(bright[54:])


def test_an_error_names_the_authors_own_line(tmp_path: Path) -> None:
    code = TWO_BEATS.replace("Create(circle)", "Create(circel)")
    result = run(job_folder(tmp_path / "job", code, beats=[(1.0, "one"), (1.0, "two")]))
    assert not result["ok"]
    assert result["error"]["type"] == "NameError"
    assert result["error"]["line"] == 7
    assert result["error"]["code"] == "self.play(Create(circel))"
    assert "site-packages" not in result["error"]["traceback"]
    assert json.loads((tmp_path / "job/result.json").read_text()) == result
    assert not (tmp_path / "job/footage.mp4").exists()


def test_an_error_inside_manim_names_the_line_that_called_it(tmp_path: Path) -> None:
    code = TWO_BEATS.replace("self.play(Create(circle))", "self.play(Create(3))")
    error = run(job_folder(tmp_path / "job", code, beats=[(1.0, "one"), (1.0, "two")]))["error"]
    assert error["line"] == 7


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    error = run(job_folder(tmp_path / "job", "x = 1\nclass A(:\n", beats=[(1.0, "one")]))["error"]
    assert (error["type"], error["line"], error["code"]) == ("SyntaxError", 2, "class A(:")


def test_a_scene_that_exits_still_gets_a_result(tmp_path: Path) -> None:
    error = run(job_folder(tmp_path / "job", "raise SystemExit(0)", beats=[(1.0, "one")]))["error"]
    assert error["type"] == "SystemExit"


def test_a_source_without_a_scene_says_what_to_add(tmp_path: Path) -> None:
    error = run(job_folder(tmp_path / "job", "x = 1", beats=[(1.0, "one")]))["error"]
    assert "class MyScene(NarratedScene)" in error["message"]


def test_measuring_writes_no_video(tmp_path: Path) -> None:
    result = run(job_folder(tmp_path / "job", TWO_BEATS, beats=[(1.0, "one"), (1.0, "two")], mode="measure"))
    assert result["ok"]
    assert result["frames"] == 30
    assert not (tmp_path / "job/footage.mp4").exists()


def test_math_without_latex_names_what_to_use_instead(tmp_path: Path) -> None:
    code = TWO_BEATS.replace("circle = Circle()", "circle = MathTex('a')")
    error = run(job_folder(tmp_path / "job", code, beats=[(1.0, "one"), (1.0, "two")], mode="measure"))["error"]
    assert "Equation(" in error["message"]
    assert error["line"] == 5


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_numbers_and_axes_work_without_latex_and_can_be_read(tmp_path: Path, theme: str) -> None:
    code = """
        from manim import *

        class Numbers(Scene):
            def construct(self):
                axes = Axes(x_range=[0, 3], y_range=[0, 3], axis_config={"include_numbers": True}).scale(0.6).to_edge(UP)
                self.play(Create(axes))
                self.play(FadeOut(axes))
                chart = BarChart([1, 2, 3], bar_names=["one", "two", "three"]).scale(0.6).to_edge(UP)
                self.play(Create(chart))
                self.play(FadeOut(chart), FadeIn(Integer(5)))
    """
    result = run(job_folder(tmp_path / "job", code, beats=[(5.0, "a")], mode="measure", theme=theme))
    assert result["error"] is None
    assert [each["rule"] for each in result["findings"] if each["rule"] != "text-too-small"] == []


UPDATERS = """
    from lectern.scenekit import *

    class Moving(NarratedScene):
        def construct(self):
            tracker = ValueTracker(0)
            dot = always_redraw(lambda: Dot(RIGHT * tracker.get_value(), radius=1))
            clock = Square().add_updater(lambda mobject, dt: mobject.shift(DOWN * dt))
            number = DecimalNumber(0).add_updater(lambda mobject: mobject.set_value(tracker.get_value()))
            self.add(dot, clock, number)
            with self.beat():
                self.play(tracker.animate.set_value(3), run_time=1)
"""


def test_time_based_updaters_keep_running_in_a_hold(tmp_path: Path) -> None:
    result = run(job_folder(tmp_path / "job", UPDATERS, beats=[(2.0, "one")]))
    assert result["error"] is None
    pictures = frames_of(tmp_path / "job/footage.mp4")
    assert len(pictures) == 30
    assert np.abs(pictures[18].astype(int) - pictures[28].astype(int)).max() > 40


@pytest.mark.parametrize(
    "code",
    [
        """
        from lectern.scenekit import *

        class Deep(NarratedThreeDScene):
            def construct(self):
                self.set_camera_orientation(phi=1, theta=0.5)
                with self.beat():
                    self.play(Create(Cube()))
                    self.move_camera(phi=0.3, run_time=0.5)
        """,
        """
        from lectern.scenekit import *

        class Zoom(NarratedMovingCameraScene):
            def construct(self):
                with self.beat():
                    self.play(Create(Square()))
                    self.play(self.camera.frame.animate.scale(0.5))
        """,
        """
        from manim import *
        from lectern.scenekit import NarratedScene

        class Own(NarratedScene):
            def __init__(self):
                super().__init__()
                self.mine = Square()

            def construct(self):
                with self.beat():
                    self.wait_until(lambda: self.time > 0.4, max_time=3)
                    self.play(Create(self.mine))
        """,
    ],
)
def test_every_kind_of_scene_works(tmp_path: Path, code: str) -> None:
    result = run(job_folder(tmp_path / "job", code, beats=[(1.3, "one two")]))
    assert result["error"] is None
    assert len(frames_of(tmp_path / "job/footage.mp4")) == round(1.3 * 15)


def test_the_same_seed_gives_the_same_footage(tmp_path: Path) -> None:
    code = """
        import random
        from lectern.scenekit import *

        class Chance(NarratedScene):
            def construct(self):
                with self.beat():
                    self.play(Create(Dot(RIGHT * random.uniform(-4, 4) + UP * np.random.uniform(-3, 3), radius=1)))
    """
    for name in "ab":
        run(job_folder(tmp_path / name, code, beats=[(1.0, "one")]))
    assert (tmp_path / "a/footage.mp4").read_bytes() == (tmp_path / "b/footage.mp4").read_bytes()


def test_footage_can_be_joined_by_stream_copy(tmp_path: Path) -> None:
    """The composer relies on a key frame every second, no B-frames, BT.709 and the same time base everywhere."""
    run(job_folder(tmp_path / "job", TWO_BEATS, beats=[(1.5, "one"), (1.0, "two")]))
    with av.open(str(tmp_path / "job/footage.mp4")) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts for packet in packets] == [packet.dts for packet in packets]
        assert [index for index, packet in enumerate(packets) if packet.is_keyframe] == [0, 15, 30]
        assert (stream.codec_context.color_primaries, stream.codec_context.color_trc) == (1, 1)
        assert (stream.codec_context.colorspace, stream.codec_context.color_range) == (1, 1)
        assert stream.codec_context.pix_fmt == "yuv420p"


@pytest.mark.slow
def test_the_command_imports_without_looking_for_rubbish_and_prints_progress_and_nothing_else(tmp_path: Path) -> None:
    looked = "import gc; print('looked', gc.get_stats()[2]['collections'], gc.isenabled())\n"
    folder = job_folder(tmp_path / "job", looked + dedent(TWO_BEATS), beats=[(1.0, "one"), (1.0, "two")])
    done = subprocess.run(
        [sys.executable, "-m", "lectern.scenekit", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1] == {"frames": 30, "of": 30}
    assert "looked 0 True" in done.stderr


def test_letters_that_no_font_has_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_letters, "_load_letters", lambda: lambda code: not 0x4E00 <= code < 0xA000)
    font_letters._has_shape.cache_clear()
    code = """
        from lectern.scenekit import *

        class Letters(Scene):
            def construct(self):
                self.add(Text("a \u00e9 \u5149"), Label("\u5408\u4f5c \u5149").shift(DOWN), Number(5))
    """
    try:
        result = run(job_folder(tmp_path / "job", code, beats=[(1.0, "one")], mode="measure"))
    finally:
        font_letters._has_shape.cache_clear()
    assert result["error"] is None
    assert result["missing_letters"] == "\u5149\u5408\u4f5c"


def test_letters_of_installed_fonts_and_marks_without_a_shape_are_not_missing() -> None:
    assert font_letters.find_missing_letters("plain, na\u00efve, \u03c0 \u2192 \u221a, a\u200db\ufe0f\n") == ""
