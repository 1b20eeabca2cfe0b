"""The places where scenekit depends on more of manim than its public interface. A new manim fails here first.

When a test fails, read what changed in manim and adapt `renderer.py`, `canvas.py`, `style.py`, `latex.py` or
`right_to_left.py`, then the test.
"""

from __future__ import annotations

import inspect

import manim
import manim.mobject.text.tex_mobject
import manim.scene.scene
from manim import Camera, DecimalNumber, MathTypst, Mobject, MovingCamera, NumberLine, Scene, Text, VMobject, Wait
from manim._config.output import OutputSpec
from manim.manager import Manager
from manim.renderer.cairo_renderer import CairoRenderer

from lectern.scenekit.motion import RGBAS


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]


def source(thing: object) -> str:
    return inspect.getsource(thing)  # type: ignore[arg-type]


def test_manim_is_the_version_scenekit_was_written_for() -> None:
    assert manim.__version__.startswith("0.22.")


def test_a_scene_creates_its_renderer_by_the_name_in_its_module() -> None:
    assert manim.scene.scene.CairoRenderer is CairoRenderer
    body = source(Scene.__init__)
    assert "CairoRenderer(" in body
    assert "camera_class=self.camera_class" in body


def test_the_renderer_is_called_as_expected() -> None:
    assert parameters(CairoRenderer.__init__)[1:] == ["file_writer_class", "camera_class", "skip_animations", "kwargs"]
    assert parameters(CairoRenderer.play) == ["self", "scene", "args", "kwargs"]
    assert parameters(CairoRenderer.scene_finished) == ["self", "scene"]
    assert "self.renderer.play(self.scene, *args, **kwargs)" in source(Manager.play)
    assert "self.renderer.scene_finished(self.scene)" in source(Manager.post_construct)
    assert "self.file_writer.abort_encode_jobs()" in source(Manager.render)
    for name in ("format", "transparent", "save_sections", "fallback_to_still"):
        assert name in parameters(OutputSpec)


def test_a_play_consists_of_the_steps_the_renderer_takes() -> None:
    play = source(CairoRenderer.play)
    assert play.index("compile_animation_data") < play.index("begin_animations") < play.index("play_internal")
    play_internal = source(Scene.play_internal)
    order = ["update_to_time(t)", "stop_condition()", "animation.finish()", "clean_up_from_scene(self)"]
    assert [play_internal.index(each) for each in order] == sorted(play_internal.index(each) for each in order)
    assert "alpha = t / animation.run_time" in source(Scene.update_to_time)
    for name in ("duration", "stop_condition", "moving_mobjects", "static_mobjects", "animations"):
        assert f"self.{name}" in source(Scene.compile_animation_data) + source(Scene.begin_animations)
    assert "is_static_wait" in source(Scene.is_current_animation_frozen_frame)
    assert {"run_time", "stop_condition", "frozen_frame"} <= set(parameters(Wait.__init__))


def test_the_camera_draws_as_the_canvas_does() -> None:
    display = source(Camera.display_vectorized)
    steps = ["set_cairo_context_path", "background=True", "apply_fill", "apply_stroke(ctx, vmobject)"]
    assert [display.index(each) for each in steps] == sorted(display.index(each) for each in steps)
    assert "width == 0" in source(Camera.apply_stroke)
    assert "self.cairo_line_width_multiple" in source(Camera.apply_stroke)
    assert "extract_mobject_family_members" in source(Camera.get_mobjects_to_display)
    context = source(Camera.get_cairo_context)
    assert "cairo.FORMAT_ARGB32" in context
    assert "(ph / 2) + fc[1] * (ph / fh)" in context
    assert "rgbas[0][2::-1]" in source(Camera.set_cairo_context_color)  # the reason pixels are RGBA
    assert MovingCamera.display_vectorized is Camera.display_vectorized
    assert all(hasattr(VMobject(), name) for name in RGBAS)
    for name in ("get_fill_rgbas", "get_stroke_rgbas", "get_background_image", "get_sheen_direction"):
        assert hasattr(VMobject, name)


def test_defaults_are_changed_by_wrapping_the_constructor() -> None:
    assert "partialmethod(cls.__init__" in source(Mobject.set_default)
    assert "mob_class" in parameters(DecimalNumber.__init__)
    assert "label_constructor" in parameters(NumberLine.__init__)
    assert {"font", "color"} <= set(parameters(Text.__init__))


def test_text_is_set_by_the_module_that_is_replaced() -> None:
    called = source(Text._text2svg)
    assert "manimpango.text2svg(" in called
    names = [
        "settings,",
        "size,",
        "line_spacing,",
        "disable_ligatures,",
        "resolve()),",
        "START_X,",
        "START_Y,",
        "width,",
    ]
    places = [called.index(f"{each}\n", called.index("manimpango.text2svg(")) for each in names]
    assert places == sorted(places), "START_X is the sixth argument and the page's width the eighth"


def test_latex_is_called_by_the_name_that_is_replaced() -> None:
    assert callable(manim.mobject.text.tex_mobject.tex_to_svg_file)
    assert "tex_to_svg_file(" in source(manim.SingleStringMathTex.__init__)


def test_a_part_of_a_formula_is_selected_by_its_label() -> None:
    assert "{{ content : label }}" in (MathTypst.__doc__ or "")
    assert callable(MathTypst.select)
