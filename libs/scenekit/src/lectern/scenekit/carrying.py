# mypy: disallow-subclassing-any=False
"""What a scene hands on to the next: the very things that are on screen at its end, and how the camera sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from manim import Animation, FadeOut, Mobject, Scene, VMobject
from manim.utils.rate_functions import smooth

from .findings import Finding, drawn_anew
from .life import Calm, alive
from .motion import RGBAS
from .near_names import refuse_name

LEAVE_SECONDS = 0.5
"""How long what is not carried takes to leave."""
REST_SECONDS = 1 / 15
"""How long the picture rests after that: a frame at least, which is the next scene's first."""


@dataclass(frozen=True, kw_only=True)
class Handover:
    """What the scene before has handed on.

    `things` are its things by the names it gave them, `shown` those on screen, in drawing order, `view` the points of
    the camera's frame. `living` are parts that moved by themselves until they came to rest, with the way they did.
    `failure` says why there is nothing. `makers` are the cast's functions, which draw a thing of their name anew.
    """

    things: Mapping[str, Any] = field(default_factory=dict)
    shown: Sequence[Mobject] = ()
    view: Any = None
    living: Sequence[tuple[Mobject, str]] = ()
    failure: str = "no scene comes before this one"
    makers: Mapping[str, Callable[[], Any]] = field(default_factory=dict)


class Luggage:
    """What one scene has been handed, and what it hands on itself."""

    def __init__(self, handover: Handover) -> None:
        self.handover = handover
        self.carried: dict[str, Any] = {}
        self._unpacked = False
        self._settled = False
        self._claimed: set[int] = set()
        self._calmed: list[tuple[Mobject, str]] = []

    def claim(self, scene: Scene, names: Sequence[str]) -> tuple[list[Any], list[Finding]]:
        """Put what was handed on on screen, at the first call; return the things of these names, and findings.

        Raises KeyError for a name that was not handed on, LookupError when nothing was and the cast cannot draw it.
        """
        if not self._unpacked:
            self._unpacked = True
            scene.add(*self.handover.shown)
            _set_view(scene, self.handover.view)
            for part, kind in self.handover.living:
                alive(part, kind)
        found = [self._find(scene, name) for name in names]
        things = [thing for thing, _ in found]
        self._claimed |= collect_family(things)
        return things, [finding for _, finding in found if finding is not None]

    def take_unclaimed(self, scene: Scene) -> list[LeavingPiece]:
        """Return what was put on screen and has not been asked for until now; at the first call only."""
        if not self._unpacked or self._settled:
            return []
        self._settled = True
        present = set(map(id, scene.get_mobject_family_members()))
        return [each for each in list_leaving(self.handover.shown, self._claimed) if id(each.thing) in present]

    def list_left_behind(self, scene: Scene) -> list[LeavingPiece]:
        """List what is on screen and not carried. Empty when nothing is carried: then the picture stays."""
        return list_leaving(scene.mobjects, collect_family(self.carried.values())) if self.carried else []

    def calm(self) -> None:
        """Bring what lives and is carried to rest: where it would be if it had never moved by itself."""
        calming = [Calm(part) for part in self._list_living()]
        for each in calming:
            each.begin()
            each.finish()

    def stop(self) -> None:
        """Stop what lives and is carried where it is."""
        for part in self._list_living():
            part.remove_updater(part.__dict__.pop("life").updater)

    def _list_living(self) -> list[Mobject]:
        living = [part for each in self.list_carried() for part in each.get_family() if "life" in part.__dict__]
        self._calmed = [(part, part.__dict__["life"].kind) for part in living]
        return living

    def list_carried(self) -> list[Mobject]:
        """List the things that are carried, each once."""
        unique = {id(each): each for each in self.carried.values() if isinstance(each, Mobject)}
        return list(unique.values())

    def pack(self, scene: Scene) -> Handover:
        """Take off the screen what is not carried, once it has left, and hand on the rest."""
        if not self.carried:
            return Handover(failure="the scene before carries nothing")
        drop_pieces(scene, self.list_left_behind(scene))
        kept = collect_family(self.carried.values())
        shown = [each for each in scene.mobjects if any(id(part) in kept for part in each.get_family())]
        return Handover(
            things=dict(self.carried), shown=shown, view=_get_view(scene), living=tuple(self._calmed), failure=""
        )

    def _find(self, scene: Scene, name: str) -> tuple[Any, Finding | None]:
        handover = self.handover
        if name in handover.things:
            return handover.things[name], None
        if not handover.failure:
            raise refuse_name("carried thing", name, handover.things)
        if name not in handover.makers:
            raise LookupError(f"{name!r} was not carried: {handover.failure}; and the cast has no function {name}()")
        thing = handover.makers[name]()
        if isinstance(thing, Mobject):
            scene.add(thing)
        return thing, drawn_anew(name=name, failure=handover.failure)


@dataclass(frozen=True, kw_only=True)
class LeavingPiece:
    """A thing that leaves with `parts` of it: with all of them, or, when some are carried, only with itself."""

    thing: Mobject
    parts: Sequence[Mobject]


class Vanish(Animation):
    """A piece fades away at its place in the drawing order, without the copies that manim's FadeOut makes."""

    def __init__(self, piece: LeavingPiece, *, run_time: float) -> None:
        super().__init__(piece.thing, run_time=run_time, rate_func=smooth)
        self.parts = piece.parts

    def begin(self) -> None:
        self.colors = [
            (part, name, getattr(part, name).copy()) for part in self.parts for name in RGBAS if hasattr(part, name)
        ]
        super().begin()

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        share = 1.0 - float(self.rate_func(alpha))
        for part, name, rgbas in self.colors:
            faint = rgbas.copy()
            faint[:, 3] *= share
            setattr(part, name, faint)


def vanish(piece: LeavingPiece, run_time: float = LEAVE_SECONDS) -> Animation:
    """Fade a piece out. It stays in the scene, unseen."""
    if all(isinstance(part, VMobject) for part in piece.parts):
        return Vanish(piece, run_time=run_time)
    return FadeOut(piece.thing, run_time=run_time)


def list_leaving(things: Iterable[Mobject], kept: set[int]) -> list[LeavingPiece]:
    """List the largest pieces of things that hold nothing of what is kept, in drawing order."""
    leaving: list[LeavingPiece] = []
    for each in things:
        family = each.get_family()
        if id(each) in kept:
            continue
        if not any(part.has_points() for part in family):
            continue
        if not any(id(part) in kept for part in family):
            leaving.append(LeavingPiece(thing=each, parts=family))
            continue
        if each.has_points():
            leaving.append(LeavingPiece(thing=each, parts=[each]))
        leaving += list_leaving(each.submobjects, kept)
    return leaving


def drop_pieces(scene: Scene, pieces: Iterable[LeavingPiece]) -> None:
    """Take pieces off the screen; what is left of the things that they were parts of keeps its place."""
    gone = {id(part) for piece in pieces for part in piece.parts}
    scene.mobjects = _select(scene.mobjects, gone)
    scene.foreground_mobjects = _select(scene.foreground_mobjects, gone)


def collect_family(things: Iterable[Any]) -> set[int]:
    """Collect the `id` of all things and their parts."""
    return {id(part) for each in things if isinstance(each, Mobject) for part in each.get_family()}


def _select(things: Iterable[Mobject], gone: set[int]) -> list[Mobject]:
    left: list[Mobject] = []
    for each in things:
        whole = not any(id(part) in gone for part in each.get_family())
        left += [each] if whole else _select(each.submobjects, gone)
    return left


def _get_view(scene: Scene) -> Any:
    frame = getattr(scene.camera, "frame", None)
    return None if frame is None else frame.points.copy()


def _set_view(scene: Scene, view: Any) -> None:
    frame = getattr(scene.camera, "frame", None)
    if frame is not None and view is not None:
        frame.points = view.copy()
