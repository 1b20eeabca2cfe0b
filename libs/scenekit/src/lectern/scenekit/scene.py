"""Scenes that follow their narration."""

# mypy: disallow-subclassing-any=False
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from manim import Animation, Mobject, MovingCameraScene, Scene, ThreeDScene
from manim.camera.camera import Camera

from .camera import FilmCamera
from .camera_moves import CameraFollow, CameraMove, find_view, find_whole_view, has_extent, list_way
from .carrying import Handover, Luggage, drop_pieces, vanish
from .following import Following
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

    def at_pause(self) -> None:
        """Wait until the last word of this beat is spoken; the next animation plays in the silence after it.

        A pause in the script makes that silence long enough: for a moment to think, or for an idea to land.
        """
        renderer = self.renderer
        if isinstance(renderer, MeasuringRenderer):
            renderer.note_hold(self, "pause")
            renderer.director.record_pause()
        elif isinstance(renderer, FilmingRenderer):
            renderer.hold(self, renderer.director.grant_until_pause())

    def carry(self, **things: Any) -> None:
        """Take things along into the next scene: `self.carry(graph=g)` at the end; all else leaves by itself.

        The next scene begins with them as they are then: `g = self.carried("graph")`.
        """
        if isinstance(self.renderer, DirectedRenderer):
            self.renderer.luggage.carried.update(things)

    def carried(self, *names: str) -> Any:
        """The things that the scene before carried: `g = self.carried("graph")`, `a, b = self.carried("a", "b")`.

        They are on screen in the first frame, as the last one of the scene before showed them. Play them on.
        """
        renderer = self.renderer
        luggage = renderer.luggage if isinstance(renderer, DirectedRenderer) else Luggage(Handover())
        things, findings = luggage.claim(self, names)
        if isinstance(renderer, DirectedRenderer):
            for finding in findings:
                renderer.director.note(finding)
        return things[0] if len(names) == 1 else things

    def play(self, *args: Any, **kwargs: Any) -> None:
        if any(isinstance(each, Following) for each in args):
            self._play_on_words(args)
            return
        renderer = self.renderer
        left = renderer.luggage.take_unclaimed(self) if isinstance(renderer, DirectedRenderer) else []
        super().play(*args, *map(vanish, left), **kwargs)
        if left:
            drop_pieces(self, left)

    def _play_on_words(self, args: Any) -> None:
        """Play what a component does on words of this beat, each on its word; other animations begin at once."""
        others = [each for each in args if not isinstance(each, Following)]
        if others:
            self.play(*others)
        for each in (each for each in args if isinstance(each, Following)):
            renderer = self.renderer
            if not isinstance(renderer, DirectedRenderer):  # an author previewing with plain manim
                for cue in each.cues:
                    self.play(cue.play())
                continue
            for phrase, cue in each.find_spoken(*renderer.director.listen_ahead()):
                self.at(phrase)
                self.play(cue.play())

    def wait(self, duration: float = 1.0, *args: Any, **kwargs: Any) -> None:
        """Hold the picture for `duration` seconds inside a beat. Beats need no wait at their end."""
        if duration > 0:
            super().wait(duration, *args, **kwargs)

    def remove(self, *mobjects: Any) -> Any:
        """Take things off the screen with all their parts, also parts that were revealed one by one, and their tags."""
        parts = [part for each in mobjects for part in each.get_family()]
        gone = set(map(id, parts))
        tags = [each for each in self.mobjects if id(getattr(each, "belongs_to", None)) in gone]
        return super().remove(*parts, *(part for each in tags for part in each.get_family()))


class NarratedScene(Narrated):
    """A scene in step with its narration: one `with self.beat():` block per beat of the script.

    The camera's moves are played: `self.play(self.close_up(leaf))`; lines, dots and labels keep their size on screen.
    """

    def __init__(self, camera_class: type[Camera] = FilmCamera, **kwargs: Any) -> None:
        super().__init__(camera_class=camera_class, **kwargs)
        if isinstance(self.camera, FilmCamera):
            self.camera.list_things = lambda: self.mobjects

    def close_up(self, thing: Any, fill: float = 0.5, run_time: float = 1.4) -> Animation:
        """Come closer until `thing`, or a point, takes `fill` of the picture's width or height."""
        made = find_view(thing, fill)  # a thing that is drawn on the way begins as a point
        return CameraMove(
            self.camera, lambda _: [find_view(thing, fill) if has_extent(thing) else made], run_time=run_time
        )

    def begin_close(self, thing: Any, fill: float = 0.5) -> None:
        """Begin close to `thing`, before the first beat."""
        if isinstance(self.camera, FilmCamera):
            self.camera.show(find_view(thing, fill))

    def wide(self, run_time: float = 1.2) -> Animation:
        """Show all again."""
        return CameraMove(self.camera, lambda _: [find_whole_view()], run_time=run_time)

    def travel(self, a: Any, b: Any, fill: float = 0.5, run_time: float = 2.5) -> Animation:
        """From a close-up of `a` to one of `b`."""
        return CameraMove(
            self.camera, lambda start: list_way(start, find_view(a, fill), find_view(b, fill)), run_time=run_time
        )

    def follow(self, thing: Mobject, fill: float | None = None, run_time: float = 1.0) -> Animation:
        """Go where `thing` goes, until the next move: `self.play(self.follow(car), car.animate...)`."""
        scale = None if fill is None else find_view(thing, fill).scale
        return CameraFollow(self.camera, thing, scale, run_time=run_time)

    def get_moving_mobjects(self, *animations: Animation) -> list[Mobject]:
        """List what must be drawn anew in each frame: everything, while the camera moves."""
        moving: list[Mobject] = super().get_moving_mobjects(*animations)
        camera = self.camera
        if not isinstance(camera, FilmCamera):
            return moving
        animated = {id(part) for each in animations for part in each.mobject.get_family()}
        moves = camera.followed is not None or not animated.isdisjoint((id(camera.marker), id(camera.frame)))
        return list(self.mobjects) if moves else moving


class NarratedThreeDScene(Narrated, ThreeDScene):
    """A NarratedScene in three dimensions: `self.set_camera_orientation(phi=, theta=)`, `ThreeDAxes`, `Surface`."""


class NarratedMovingCameraScene(Narrated, MovingCameraScene):
    """A NarratedScene whose camera moves: `self.play(self.camera.frame.animate.scale(0.5).move_to(x))`."""
