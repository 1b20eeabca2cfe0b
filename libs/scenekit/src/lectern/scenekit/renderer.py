"""Manim's renderer, led by a director: it grants every play its frames, and one encoder gets them all."""

# mypy: disallow-subclassing-any=False
from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Literal, Protocol

import manim.scene.scene
from manim import Scene, ThreeDCamera, Wait
from manim._config.output import OutputFormat, OutputSpec
from manim.camera.camera import Camera
from manim.renderer.cairo_renderer import CairoRenderer

from .canvas import Canvas
from .carrying import LEAVE_SECONDS, REST_SECONDS, Handover, Luggage, vanish
from .director import Director, Filming, Measuring
from .frame_costs import FrameCosts
from .front import FrontWriter
from .ground import lay_ground
from .patching import patch_attribute
from .settling import describe_looks, settle
from .sounds import SoundLog
from .space_camera import SpaceCamera

MEASURING_STEP = 1 / 15
"""Seconds between updates while measuring a scene with time-based updaters: coarse, but simulations stay stable."""


class Inspector(Protocol):
    """Inspects the scene while it is measured."""

    def begin_play(self, scene: Scene) -> None:
        """Inspect the animations of a play that has begun."""

    def listen(self) -> AbstractContextManager[None]:
        """Watch what the updaters do in the block, for a moment that they have already seen."""

    def inspect(self, scene: Scene) -> None:
        """Inspect the scene at the end of a play or wait."""

    def inspect_hold(self, scene: Scene) -> None:
        """Inspect the scene where its picture is about to be held."""


class _NoFiles:
    """Replaces manim's file writer, which writes a file per play and joins them: nothing is written here."""

    def __init__(self, settings: Any) -> None:
        self.output_spec = OutputSpec(
            format=OutputFormat.NONE, transparent=False, save_sections=False, fallback_to_still=False
        )
        self.subcaptions: list[Any] = []
        self.sections: list[Any] = []

    def next_section(self, name: str, type_: str, skip_animations: bool) -> None:
        """Ignore sections: footage has none."""

    def add_sound(self, *args: Any, **kwargs: Any) -> None:
        """Ignore sound: footage is silent."""

    def abort_encode_jobs(self, reraise_encoder_failures: bool = False) -> None:
        """Do nothing: the job ends the encoder."""


class DirectedRenderer(CairoRenderer):
    """Plays a scene the way both passes do. They differ in how they perform a play."""

    def __init__(self, camera_class: type[Camera] | None = None, **_: Any) -> None:
        quicker = SpaceCamera if camera_class is ThreeDCamera else camera_class
        super().__init__(file_writer_class=_NoFiles, camera_class=quicker)
        self.luggage = Luggage(Handover())

    @property
    def director(self) -> Director:
        raise NotImplementedError

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        self.perform(scene)
        self.num_plays += 1

    def perform(self, scene: Scene, *, frames: int | None = None) -> None:
        """Perform the animations that are compiled and begun, in `frames` frames if given: a hold."""
        raise NotImplementedError

    def finish_animations(self, scene: Scene) -> None:
        for animation in scene.animations or []:
            animation.finish()
            animation.clean_up_from_scene(scene)
        scene.update_mobjects(0)
        self.static_image = None

    def hold(self, scene: Scene, frames: int) -> None:
        """Show the scene as it is for `frames` frames; time-based updaters keep running."""
        if frames > 0:
            scene.compile_animation_data(Wait(run_time=frames / self.director.table.fps))
            scene.begin_animations()
            self.perform(scene, frames=frames)

    def clear_screen(self, scene: Scene) -> None:
        """Let what is not carried leave at the end of the scene. Does nothing for one that carries nothing."""
        raise NotImplementedError

    def scene_finished(self, scene: Scene) -> None:
        """Do nothing: there are no files to join."""


class MeasuringRenderer(DirectedRenderer):
    """Shows nothing. `inspector` inspects the scene after each play, `costs` samples what its frames cost."""

    def __init__(
        self, director: Measuring, inspector: Inspector | None, costs: FrameCosts | None = None, **kwargs: Any
    ) -> None:
        self.measuring = director
        self.inspector = inspector
        self.costs = costs
        super().__init__(**kwargs)
        self.skip_animations = self._original_skipping_status = True

    @property
    def director(self) -> Measuring:
        return self.measuring

    def perform(self, scene: Scene, *, frames: int | None = None) -> None:
        frozen = scene.is_current_animation_frozen_frame()
        length = scene.duration
        alive = depends_on_time(scene)
        if not frozen:
            if self.inspector is not None:
                self.inspector.begin_play(scene)
            length = self._run(scene, length, alive=alive)
            with self.inspector.listen() if self.inspector is not None else nullcontext():
                self.finish_animations(scene)
        self.time += length
        director = self.director
        if self.costs is not None and not frozen:
            run = len(director.measures[director.beat].runs) - 1
            lasting = depends_on_time(scene)
            self.costs.end_play(
                beat=director.beat, run=run, seconds=length, line=director.author_line(), lasting=lasting
            )
        director.record_play(length, wait=is_wait(scene), alive=alive)
        if self.inspector is not None:
            self.inspector.inspect(scene)

    def hold(self, scene: Scene, frames: int) -> None:
        """Do nothing: a hold has no natural length."""

    def clear_screen(self, scene: Scene) -> None:
        if self.luggage.carried:
            alive = depends_on_time(scene)
            seconds = LEAVE_SECONDS if alive or self.luggage.list_left_behind(scene) else 0.0
            self.director.record_exit(seconds, REST_SECONDS, alive=alive)
            self.luggage.calm()
            self.luggage.pack(scene)
            self.director.ending = describe_looks(self.luggage.list_carried())
            if self.inspector is not None:
                self.inspector.inspect(scene)

    def note_hold(self, scene: Scene, kind: Literal["leave", "word", "pause"], word: str = "") -> None:
        """Note that the filming pass holds the picture here."""
        self.director.record_hold(kind, word=word, alive=depends_on_time(scene))
        if self.inspector is not None:
            self.inspector.inspect_hold(scene)

    def _run(self, scene: Scene, length: float, *, alive: bool) -> float:
        step = length
        if scene.stop_condition is not None:
            step = 1 / self.director.table.fps
        elif alive:
            step = min(length, MEASURING_STEP)
        count = max(1, round(length / step))
        steps: Sequence[float] = [length * number / count for number in range(1, count + 1)]
        advance = Scene.update_to_time
        if self.costs is not None:
            steps, advance = self.costs.choose_steps(scene, steps), self.costs.advance
        for to in steps:
            advance(scene, to)
            if scene.stop_condition is not None and scene.stop_condition():
                return to
        return length


class FilmingRenderer(DirectedRenderer):
    """Draws every frame that the director grants and passes it to the encoder. `on_frames` gets the frames so far.

    `sounds` notes what is heard meanwhile. `moving_seconds` is the CPU time that things took to be moved, and
    `showing_seconds` that of drawing them and handing the pictures on.
    """

    def __init__(
        self,
        director: Filming,
        footage: FrontWriter,
        on_frames: Callable[[int], None],
        ground: str = "plain",
        sounds: SoundLog | None = None,
        **kwargs: Any,
    ) -> None:
        self.filming = director
        self.sounds = sounds
        self.footage = footage
        self.on_frames = on_frames
        self.moving_seconds = self.showing_seconds = 0.0
        super().__init__(**kwargs)
        lay_ground(self.camera, ground)
        self.canvas = Canvas(self.camera)

    @property
    def director(self) -> Filming:
        return self.filming

    def perform(self, scene: Scene, *, frames: int | None = None) -> None:
        frozen = scene.is_current_animation_frozen_frame()
        length = scene.duration
        if frames is None:
            length = self.director.next_length(length)
            frames = self._grant_play(scene, length)
        if frames:
            started = time.thread_time()
            self.canvas.begin(scene.static_mobjects)
            self.showing_seconds += time.thread_time() - started
        if frozen:
            self._emit(scene, frames)
            return
        for number in range(frames):
            started = time.thread_time()
            scene.update_to_time(length * number / frames)
            self.moving_seconds += time.thread_time() - started
            self._emit(scene, 1)
        self.finish_animations(scene)

    def clear_screen(self, scene: Scene) -> None:
        if self.luggage.carried:
            self.hold(scene, self.director.grant_until_exit())
            self.luggage.stop()
            settling = settle(self.luggage.list_carried(), self.director.ending, LEAVE_SECONDS)
            leaving = [*map(vanish, self.luggage.list_left_behind(scene)), *settling]
            if leaving:
                scene.compile_animation_data(*leaving)
                scene.begin_animations()
                scene.moving_mobjects, scene.static_mobjects = list(scene.mobjects), []
                self.perform(scene, frames=self.director.grant_exit(LEAVE_SECONDS))
            self.luggage.pack(scene)

    def _grant_play(self, scene: Scene, length: float) -> int:
        director = self.director
        start = director.frames_granted / director.table.fps
        frames = director.grant_play(length, wait=is_wait(scene))
        if self.sounds is not None and frames:
            self.sounds.note_play(scene.animations or (), start, frames / director.table.fps)
        return frames

    def _emit(self, scene: Scene, count: int) -> None:
        if not count:
            return
        started = time.thread_time()
        changed = self.canvas.draw(scene.moving_mobjects)
        self.footage.write(self.camera.pixel_array, count, changed)
        self.showing_seconds += time.thread_time() - started
        self.time += count / self.director.table.fps
        self.on_frames(self.footage.frames_written)


def is_wait(scene: Scene) -> bool:
    """Return whether the current play is a wait of fixed length."""
    animations = scene.animations or []
    return len(animations) == 1 and isinstance(animations[0], Wait) and animations[0].stop_condition is None


def depends_on_time(scene: Scene) -> bool:
    """Return whether anything in the scene moves by itself as time passes."""
    return bool(
        scene.updaters
        or scene.always_update_mobjects
        or any(mobject.has_time_based_updater() for mobject in scene.get_mobject_family_members())
    )


@contextmanager
def use_renderer(make: Callable[..., DirectedRenderer]) -> Iterator[None]:
    """Give scenes created inside the block the renderer that `make` returns, with the camera class they ask for.

    Passing `renderer=` to a scene would not work: it drops the scene's camera class, and an author's `__init__` may
    not accept it.
    """
    with patch_attribute(manim.scene.scene, "CairoRenderer", make):
        yield


def frame_shape(width: int, height: int) -> tuple[float, float]:
    """Return the frame's (width, height) in manim units for a picture in pixels.

    The short side is always 8, so text is equally readable in every aspect.
    """
    short = min(width, height)
    return 8.0 * width / short, 8.0 * height / short
