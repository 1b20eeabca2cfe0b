"""Cards: pictures made of what a scene names, where it has no visual, or one that cannot be displayed."""

from __future__ import annotations

from lectern.coder.coding import CodingTask
from lectern.coder.templates.choreography import CuedAnimation, Highlight, Reveal, choreograph
from lectern.coder.templates.source import write_scene
from lectern.coder.templates.text import clean_line, quote, shorten
from lectern.coder.templates.things import NamedThing, find_things
from lectern.contracts.quality import Aspect
from lectern.things import find_thing

MAX_THINGS: dict[Aspect, int] = {"16:9": 4, "9:16": 3, "1:1": 3}  # that a frame's body holds at a good size
MAX_PLAIN_TITLE = 80  # characters
MAX_TITLE_WORD = 20  # characters of a script that is not broken between any two

# A thing is a disc with its name, and a ring that turns slowly, so that nothing stands still; a figure counts in it.
# The discs stand alternately on both sides of the middle, as large as they can be without touching.
_HELPERS = """
def draw_thing(name, colour, picture=None, value=None, decimals=0, unit=""):
    disc = Circle(radius=1, color=colour, stroke_width=6).set_fill(colour, 0.16)
    ring = VGroup(*[Arc(radius=1.13, start_angle=k * TAU / 3, angle=1.5, color=colour) for k in range(3)])
    thing = VGroup(ring, disc)
    thing.picture = Thing(picture, color=colour) if picture else VGroup()
    thing.name, thing.value, thing.unit, thing.decimals = name, value, unit, decimals
    return thing

def spread_out(*things):
    body, gaps = frame.body, len(things) - 1
    along, across = (body.height, body.width) if frame.portrait else (body.width, body.height)
    radius = min(along, across) / 2.3
    while gaps and radius > 0.5:
        step = (along - 2.3 * radius) / gaps
        offset = min(across / 2 - 1.15 * radius, 1.2 * radius)
        if np.hypot(step, 2 * offset) > 2.26 * radius + 0.6:
            break
        radius = radius - 0.05
    else:
        step = offset = 0
    for k, thing in enumerate(things):
        side = offset * (1 if k % 2 == 0 else -1)
        place = (k - gaps / 2) * step
        path = [-side, -place, 0] if frame.portrait else [place, side, 0]
        thing.scale(radius).move_to(body.center + np.array(path))
        wrap = {"width": 1.6 * radius} if " " in thing.name else {}
        words = Label(thing.name, size=theme.small, weight="SEMIBOLD", **wrap)  # broken as the smallest type may be
        if words.width > 1.3 * radius or words.height > 0.36 * radius:
            thing.picture = VGroup()  # no room for the thing and its name
        words.scale(min(1.6 * radius / words.width, 0.9 * radius / words.height, theme.title / theme.small))
        thing.words, thing.number = words.move_to(thing[1]), VGroup()
        if len(thing.picture) and thing.value is None:
            side = max(thing.picture.width, thing.picture.height)
            thing.picture.scale(0.95 * radius / side).move_to(thing[1]).shift(0.22 * radius * UP)
            fit(words, 1.3 * radius, 0.36 * radius).move_to(thing[1]).shift(0.56 * radius * DOWN)
            thing.add(thing.picture)
            thing.picture.add_updater(drift)
        if thing.value is not None:
            thing.tracker = ValueTracker(thing.value)
            look = {"decimals": thing.decimals, "unit": thing.unit, "size": theme.title}
            thing.number = Number(thing.tracker.get_value, **look)
            thing.number.scale(min(1.4 * radius / thing.number.width, 0.6 * radius / thing.number.height))
            thing.number.move_to(thing[1]).shift(0.25 * radius * UP)
            fit(words, 1.3 * radius, 0.4 * radius).move_to(thing[1]).shift(0.4 * radius * DOWN)
        thing.link = VGroup()
        thing[0].add_updater(turn)
    for before, thing in zip(things, things[1:]):
        start, end = before[1].get_center(), thing[1].get_center()
        way = (end - start) / np.linalg.norm(end - start) * (1.13 * radius + 0.08)
        thing.link = link(start + way, end - way, color=theme.muted)
    return things

def turn(ring, dt):
    ring.rotate(0.5 * dt)

def drift(picture, dt):
    picture.turned = getattr(picture, "turned", 0) + dt
    picture.rotate(0.1 * np.cos(1.7 * picture.turned) * 1.7 * dt)

def count_up(thing):
    def follow(number, alpha):
        thing.tracker.set_value(thing.value * alpha)
        number.resume_updating()  # a group of animations suspends it
    return UpdateFromAlphaFunc(thing.number, follow, run_time=1.6)

def arrive(k):
    thing = things[k]
    parts = [FadeIn(thing.link, run_time=0.4)] if len(thing.link) else []
    parts = parts + [GrowFromCenter(thing, run_time=0.8), FadeIn(thing.words, run_time=0.6)]
    parts = parts + ([count_up(thing)] if thing.value is not None else [])
    return AnimationGroup(*parts)

def swell(k):
    disc = things[k][1]
    return disc.animate(rate_func=there_and_back, run_time=1.2).set_fill(opacity=0.6)
""".strip().splitlines()


def write_card(task: CodingTask) -> str:
    """Source of a picture made of what the scene names, each thing arriving on its word and joined to the one before.

    A scene that names nothing shows its title, and the first scene opens with it.
    """
    title = _title(task)
    things = find_things(task, MAX_THINGS[task.options.aspect])
    if not things:
        return _write_title_card(task, title)
    setup = [f"title = Title({quote(title)})", *_HELPERS, "things = spread_out("]
    setup += [f"    {_thing_call(thing)}," for thing in things]
    opening = things[0].value is None  # a figure counts up; anything else is there from the first frame
    shown = "title, things[0], things[0].words" if opening else "title"
    setup += [")", f"self.add({shown})", ""]
    reveals = [
        Reveal(
            text=thing.spoken,
            animation=f"swell({number})" if opening and not number else f"arrive({number})",
            highlights=(Highlight(text=thing.name, animation=f"swell({number})"),),
        )
        for number, thing in enumerate(things)
    ]
    beats = choreograph(reveals, task.narration, task.options.language)
    return write_scene("NamedThings", setup, beats, task.narration)


def _thing_call(thing: NamedThing) -> str:
    picture = find_thing(thing.name) if thing.value is None else None
    drawn = f", {picture!r}" if picture is not None else ""
    if thing.value is not None:
        drawn = f", None, {thing.value!r}, {thing.decimals}, {quote(thing.unit)}"
    return f"draw_thing({quote(thing.name)}, theme.{thing.colour}{drawn})"


def _write_title_card(task: CodingTask, title: str) -> str:
    setup = [f"card = fit(TitleCard({quote(title)}), frame.safe.width, frame.safe.height)", ""]
    focused = Highlight(text=title, animation="focus(card.words)")
    reveal = Reveal(text="", animation="card.reveal()", highlights=(focused,))
    beats = choreograph([reveal], task.narration, task.options.language)
    return write_scene("Card", setup, beats, task.narration)


def write_plain_card(task: CodingTask) -> str:
    """Source that shows the scene's title and nothing that could go wrong, for when even the card is unfit."""
    words = f"Label({_title(task)[:MAX_PLAIN_TITLE]!r}, size=theme.title, width=frame.safe.width * 0.8)"
    setup = [f"title = fit({words}, frame.safe.width, frame.safe.height)", ""]
    focus = CuedAnimation(animation="focus(title)")
    beats = [[CuedAnimation(animation="FadeIn(title)")], *([focus] for _ in task.narration.beats[1:])]
    return write_scene("PlainCard", setup, beats, task.narration)


def _title(task: CodingTask) -> str:
    """The title, without words so long that they could only be set too small to read."""
    title = clean_line(task.scene.title) or clean_line(task.script.title) or "…"
    return " ".join(shorten(word, MAX_TITLE_WORD) if word.isascii() else word for word in title.split())
