"""Templates: source for each kind of visual."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import assert_never

from lectern.coder.coding import CodingTask
from lectern.coder.templates.choreography import CuedAnimation, Highlight, Reveal, choreograph
from lectern.coder.templates.source import write_scene
from lectern.coder.templates.text import clean_line, quote
from lectern.contracts import script as s
from lectern.contracts.quality import Aspect

# Letters of list text that a frame's body holds at full size, with the gaps between points (measured with Inter).
_BODY_LETTERS: dict[Aspect, int] = {"16:9": 220, "9:16": 230, "1:1": 110}


def write_template(task: CodingTask) -> str | None:
    """Source for the scene's visual; None where there is none, or where it is Manim already."""
    visual = task.scene.visual
    match visual:
        case None | s.Manim():
            return None
        case s.Equation(lines=lines):
            arguments = ", ".join(repr(clean_line(line)) for line in lines)
            setup = [f"eq = Equation({arguments})", _enlarge("eq", 1.5)]
            return _write(task, "Formulas", setup, _reveal_each("eq", lines))
        case s.Bullets(items=items):
            width = _bullets_width(items, task.options.aspect)
            setup = [f"points = Bullets({_arguments(items)}{width})", _enlarge("points", 1.3)]
            return _write(task, "Points", setup, _reveal_each("points", items))
        case s.Flow(steps=steps):
            setup = [f"flow = Flow({_arguments(steps)})"]
            return _write(task, "Steps", setup, _reveal_each("flow", steps, target=".words"))
        case s.Chart():
            return _write(task, "Numbers", [_chart_setup(visual)], _reveal_chart(visual))
        case s.CodeListing(language=language, source=source):
            setup = [f"code = CodeListing({source!r}, language={language!r})"]
            return _write(task, "Program", setup, _reveal_listing(source, len(task.narration.beats)))
        case s.Comparison():
            return _write(task, "SideBySide", [_comparison_setup(visual)], _reveal_comparison(visual))
        case s.Timeline(entries=entries):
            pairs = ", ".join(f"({quote(when)}, {quote(what)})" for when, what in entries)
            texts = [f"{when} {what}" for when, what in entries]
            return _write(task, "Moments", [f"timeline = Timeline({pairs})"], _reveal_each("timeline", texts))
        case s.Image(name=name, alt=alt):
            caption = f", caption={quote(alt)}" if clean_line(alt) else ""
            return _write(task, "Photo", [f"picture = Picture({name!r}{caption})"], _reveal_image(alt))
    assert_never(visual)


def _write(task: CodingTask, name: str, setup: Sequence[str], reveals: Sequence[Reveal]) -> str:
    beats = choreograph(reveals, task.narration, task.options.language)
    title = clean_line(task.scene.title)
    if not title:
        return write_scene(name, [*setup, ""], beats, task.narration)
    first, *rest = beats
    opened = [[CuedAnimation(animation="title.reveal()"), *first], *rest]
    return write_scene(name, [f"title = Title({quote(title)})", *setup, ""], opened, task.narration)


def _bullets_width(items: Sequence[str], aspect: Aspect) -> str:
    """The width to wrap much text at, so that shrinking it to the frame afterwards uses the frame's full width."""
    share = sum(len(item) for item in items) / _BODY_LETTERS[aspect]
    return f", width=frame.body.width * {math.sqrt(share):.2f}" if share > 1.1 else ""


def _enlarge(name: str, max_scale: float) -> str:
    """A line that fits a thing to the frame, enlarged up to `max_scale`: a few short words should not look lost."""
    room = f"frame.body.width / {name}.width, frame.body.height / {name}.height"
    return f"{name}.scale(min({max_scale}, {room}))"


def _arguments(items: Sequence[str]) -> str:
    return ", ".join(quote(item) for item in items)


def _reveal_each(name: str, texts: Sequence[str], *, target: str = "") -> list[Reveal]:
    """Reveals the parts of a thing one by one; `target` is the attribute of a part to highlight, with its dot."""
    return [
        Reveal(
            text=text,
            animation=f"{name}.reveal({number})",
            highlights=(Highlight(text=text, animation=f"focus({name}[{number}]{target})"),),
        )
        for number, text in enumerate(texts)
    ]


def _chart_setup(chart: s.Chart) -> str:
    single = len(chart.series) == 1
    rows = ", ".join(f"({quote(label)}, {values[0] if single else values!r})" for label, values in chart.rows if values)
    series = f", series=({_arguments(chart.series)},)" if not single else ""
    heading = f", title={quote(chart.series[0])}" if single and clean_line(chart.series[0]) else ""
    return f"chart = Chart([{rows}], style={chart.style!r}{series}{heading})"


def _reveal_chart(chart: s.Chart) -> list[Reveal]:
    """The whole chart at once; then each value as its label is spoken. The largest one is highlighted last."""
    labels = [clean_line(label) for label, _ in chart.rows]
    ranked = sorted(range(len(labels)), key=lambda row: max(chart.rows[row][1], default=0.0))
    column = {row: max(range(len(chart.rows[row][1])), key=chart.rows[row][1].__getitem__, default=0) for row in ranked}
    highlights = tuple(
        Highlight(text=labels[row], animation=f"focus(chart.value({labels[row]!r}, {column[row]}))")
        for row in ranked
        if labels.count(labels[row]) == 1
    )
    return [Reveal(text="", animation="chart.reveal()", highlights=highlights)]


def _reveal_listing(source: str, beat_count: int) -> list[Reveal]:
    """The listing, then its parts in turn, one for each further beat."""
    rows = source.split("\n")
    filled = [number for number, row in enumerate(rows, 1) if row.strip()]
    groups = max(1, min(beat_count - 1, len(filled)))
    size = max(1, -(-len(filled) // groups))
    chunks = [filled[start : start + size] for start in range(0, len(filled), size)]
    highlights = tuple(
        Highlight(
            text=" ".join(rows[number - 1] for number in chunk),
            animation=f"code.highlight({', '.join(map(str, chunk))})",
        )
        for chunk in chunks
    )
    if beat_count == 1:
        return [Reveal(text="", animation="code.reveal()", highlights=highlights)]
    parts = [Reveal(text=each.text, animation=each.animation, highlights=(each,)) for each in highlights]
    return [Reveal(text="", animation="code.reveal()"), *parts]


def _comparison_setup(comparison: s.Comparison) -> str:
    left, right = _arguments(comparison.left), _arguments(comparison.right)
    return f"sides = Comparison({quote(comparison.left_title)}, [{left}], {quote(comparison.right_title)}, [{right}])"


def _reveal_comparison(comparison: s.Comparison) -> list[Reveal]:
    def reveal_side(name: str, title: str, items: Sequence[str]) -> Reveal:
        highlights = tuple(
            Highlight(text=item, animation=f"focus(sides.{name}[{number}])") for number, item in enumerate(items)
        )
        return Reveal(text=f"{title} {' '.join(items)}", animation=f"sides.reveal_{name}()", highlights=highlights)

    return [
        reveal_side("left", comparison.left_title, comparison.left),
        reveal_side("right", comparison.right_title, comparison.right),
    ]


def _reveal_image(alt: str) -> list[Reveal]:
    zoom = "picture.animate(run_time=4, rate_func=there_and_back).scale(1.04)"
    return [Reveal(text="", animation="picture.reveal()", highlights=(Highlight(text=alt, animation=zoom),))]
