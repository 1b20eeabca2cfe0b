"""Scenes that follow their narration."""

# mypy: disallow-subclassing-any=False
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from manim import MovingCameraScene, Scene, ThreeDScene

from .renderer import DirectedRenderer, FilmingRenderer, MeasuringRenderer


class Narrated(Scene):
    """The narration of a scene, for any kind of manim scene: `class Mine(Narrated, ThreeDScene)`."""

    @contextmanager
    def beat(self) -> Iterator[None]:
        """One beat of the script: what is on screen while its sentence is spoken.

        Write one `with self.beat():` block per beat, in the order of the script. Play animations at the pace that
        looks right; never compute waits. Animations shorter than the sentence are held, longer ones are sped up.
        """
        renderer = self.renderer
        if not isinstance(renderer, DirectedRenderer):  # an author previewing with plain manim
            yield
            return
        renderer.director.enter_beat()
        yield
        if isinstance(renderer, FilmingRenderer):
            renderer.hold(self, renderer.director.grant_until_beat_ends())
        elif isinstance(renderer, MeasuringRenderer):
            renderer.note_hold(self, "leave")
        renderer.director.leave_beat()

    def at(self, word: str) -> None:
        """Wait until `word` (or a phrase) of this beat is spoken; the next animation starts on it.

        Spell it as in the script: `self.at("chlorophyll")`. The search starts after the last word waited for.
        """
        renderer = self.renderer
        if isinstance(renderer, MeasuringRenderer):
            renderer.note_hold(self, "word", word)
            renderer.director.record_word(word)
        elif isinstance(renderer, FilmingRenderer):
            renderer.hold(self, renderer.director.grant_until_word(word))

    def wait(self, duration: float = 1.0, *args: Any, **kwargs: Any) -> None:
        """Hold the picture for `duration` seconds inside a beat. Beats need no wait at their end."""
        if duration > 0:
            super().wait(duration, *args, **kwargs)

    def remove(self, *mobjects: Any) -> Any:
        """Take things off the screen with all their parts, also parts that were revealed one by one."""
        return super().remove(*(part for each in mobjects for part in each.get_family()))


class NarratedScene(Narrated):
    """A scene in step with its narration: one `with self.beat():` block per beat of the script.

    Inside, `self.play(...)` animations at natural speed and `self.at("word")` to start the next one on a spoken word.
    """


class NarratedThreeDScene(Narrated, ThreeDScene):
    """A NarratedScene in three dimensions: `self.set_camera_orientation(phi=, theta=)`, `ThreeDAxes`, `Surface`."""


class NarratedMovingCameraScene(Narrated, MovingCameraScene):
    """A NarratedScene whose camera moves: `self.play(self.camera.frame.animate.scale(0.5).move_to(x))`."""
