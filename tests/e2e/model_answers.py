"""A model's answers to each task: a plan, a script, no doubts, code; the second scene with a mistake at first.

The first scene carries its dots into the second.
"""

from __future__ import annotations

import json
from typing import Any

from standins.behaviour import Move, Reads, Says

PLAN = {
    "title": "Why the sky is blue",
    "scenes": [
        {"title": "Part 1", "purpose": "explain", "shows": "waves", "carries": ["dots"]},
        {"title": "Part 2", "purpose": "explain", "shows": "waves"},
    ],
    "symbols": [{"name": "blue light", "colour": "primary", "meaning": "short waves"}],
}
BEATS = [
    {"text": "Sunlight is a mixture of all the colours, from red to violet.", "spoken": "", "show": "a beam"},
    {
        "text": "The air scatters blue light far more than red light, so blue comes from everywhere.",
        "spoken": "",
        "show": "blue dots spread",
    },
]
CODE = """```python
from manim import *

class Sky(Scene):
    def construct(self):
        beam = Line(LEFT * 5, RIGHT * 5, color=theme.accent, stroke_width=12)
        dots = VGroup(*[Dot(np.array([2.2 * np.cos(a), 1.4 * np.sin(a), 0]), color=theme.primary, radius=0.14) for a in np.linspace(0, TAU, 12)])
        with self.beat():
            self.play(ShowCreation(beam), run_time=2)
        with self.beat():
            self.play(FadeIn(dots, scale=0.3), run_time=2)
        self.carry(dots=dots)
```"""
GOES_ON = """```python
from manim import *

class Sky(Scene):
    def construct(self):
        dots = self.carried("dots")
        beam = Line(LEFT * 5, RIGHT * 5, color=theme.accent, stroke_width=12)
        with self.beat():
            self.play(ShowCreation(beam), run_time=2)
        with self.beat():
            self.play(dots.glow(), run_time=2)
```"""

# A picture whose pixels become complex numbers half-way: only drawing it asks for their type.
LATE = """```python
from lectern.scenekit import *


class Sky(NarratedScene):
    def construct(self):
        haze = ImageMobject(np.full((40, 60, 4), 120, dtype=np.uint8)).scale(5).move_to(frame.body.center)
        phase = ValueTracker(0)
        shine = lambda m: m.pixel_array if phase.get_value() < 0.5 else m.pixel_array.astype(complex)
        haze.add_updater(lambda m: setattr(m, "pixel_array", shine(m)))
        with self.beat():
            self.play(FadeIn(haze), run_time=2)
        with self.beat():
            self.play(phase.animate.set_value(1), run_time=2)
```"""
LATE_REPAIRED = {"old": "m.pixel_array.astype(complex)", "new": "m.pixel_array"}


def answer_with_late_mistake(request: dict[str, Any]) -> Move:
    """As `answers`, with code for part 2 that passes its check and raises while its frames are drawn."""
    rules = json.dumps(request.get("systemInstruction", ""))
    if "did not pass its check" in rules:
        return Says(json.dumps({"diagnosis": "Pixels are whole numbers.", "edits": [LATE_REPAIRED]}))
    if "You write one scene" in rules and "This scene: Part 2" in json.dumps(request["contents"]):
        return Says(LATE)
    return answers(request)


def answers(request: dict[str, Any]) -> Move:
    """The answer to a request, whose instructions show its task. The code of part 2 has a mistake at first."""
    if request.get("generationConfig", {}).get("responseModalities") == ["AUDIO"]:
        return Reads()
    rules = json.dumps(request["systemInstruction"])
    asked = json.dumps(request["contents"])
    if "You plan a short explainer" in rules:
        return Says(json.dumps(PLAN))
    if "You write the narration" in rules:
        return Says(json.dumps({"scenes": [{"title": f"Part {n}", "beats": BEATS} for n in (1, 2)]}))
    if "You check an explainer video" in rules:
        return Says(json.dumps({"doubts": []}))
    if "You look at one scene" in rules:
        pictures = [part for part in request["contents"][0]["parts"] if "inlineData" in part]
        assert len(BEATS) <= len(pictures) <= 3 * len(BEATS), "two or three of each beat"
        return Says(json.dumps({"findings": []}))
    if "did not pass its check" in rules:
        edit = {"old": "dots.glow()", "new": "Rotate(dots, PI / 6)"}
        return Says(json.dumps({"diagnosis": "There is no glow.", "edits": [edit]}))
    return Says(GOES_ON if "This scene: Part 2" in asked else CODE)
