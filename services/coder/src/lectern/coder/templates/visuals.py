"""A template for each kind of visual."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lectern.coder.task import Task
from lectern.coder.templates.choreography import Move, Part, Step, choreograph
from lectern.coder.templates.source import scene_source
from lectern.coder.templates.text import quoted, visible
from lectern.contracts import script as s
from lectern.contracts.quality import Aspect

# Letters of list text that a frame's body holds at full size, with the gaps between points (measured with Inter).
_ROOM: dict[Aspect, int] = {"16:9": 220, "9:16": 230, "1:1": 110}


def template(task: Task) -> str | None:
    """Source for the scene's visual; None where there is none, or where it is Manim already."""
    match task.scene.visual:
        case s.Equation(lines=lines):
            arguments = ", ".join(repr(visible(line)) for line in lines)
            setup = [f"eq = Equation({arguments})", _larger("eq", 1.5)]
            return _scene(task, "Formulas", setup, _one_by_one("eq", lines))
        case s.Bullets(items=items):
            wide = _width_for(items, task.options.aspect)
            setup = [f"points = Bullets({_list(items)}{wide})", _larger("points", 1.3)]
            return _scene(task, "Points", setup, _one_by_one("points", items))
        case s.Flow(steps=steps):
            return _scene(task, "Steps", [f"flow = Flow({_list(steps)})"], _flow(steps))
        case s.Chart() as chart:
            return _scene(task, "Numbers", [_chart_setup(chart)], _chart(chart))
        case s.CodeListing(language=language, source=source):
            listing = f"code = CodeListing({source!r}, language={language!r})"
            return _scene(task, "Program", [listing], _listing(source, len(task.narration.beats)))
        case s.Comparison() as comparison:
            return _scene(task, "SideBySide", [_comparison_setup(comparison)], _comparison(comparison))
        case s.Timeline(entries=entries):
            pairs = ", ".join(f"({quoted(when)}, {quoted(what)})" for when, what in entries)
            names = [f"{when} {what}" for when, what in entries]
            return _scene(task, "Moments", [f"timeline = Timeline({pairs})"], _one_by_one("timeline", names))
        case s.Image(name=name, alt=alt):
            caption = f", caption={quoted(alt)}" if visible(alt) else ""
            return _scene(task, "Photo", [f"picture = Picture({name!r}{caption})"], _picture(alt))
    return None


def _scene(task: Task, name: str, setup: Sequence[str], steps: Sequence[Step]) -> str:
    beats = choreograph(steps, task.narration)
    title = visible(task.scene.title)
    if not title:
        return scene_source(name, [*setup, ""], beats, task.narration)
    first, *rest = beats
    opened = [[Move(play="title.reveal()"), *first], *rest]
    return scene_source(name, [f"title = Title({quoted(title)})", *setup, ""], opened, task.narration)


def _width_for(items: Sequence[str], aspect: Aspect) -> str:
    """The width to wrap much text at, so that shrinking it to the frame afterwards uses the frame's full width."""
    share = sum(len(item) for item in items) / _ROOM[aspect]
    return f", width=frame.body.width * {math.sqrt(share):.2f}" if share > 1.1 else ""


def _larger(name: str, most: float) -> str:
    """A line that fits a thing to the frame, enlarged up to `most`: a few short words should not look lost."""
    room = f"frame.body.width / {name}.width, frame.body.height / {name}.height"
    return f"{name}.scale(min({most}, {room}))"


def _list(items: Sequence[str]) -> str:
    return ", ".join(quoted(item) for item in items)


def _one_by_one(name: str, texts: Sequence[str]) -> list[Step]:
    return [
        Step(text=text, show=f"{name}.reveal({number})", parts=(Part(text=text, point=f"focus({name}[{number}])"),))
        for number, text in enumerate(texts)
    ]


def _flow(steps: Sequence[str]) -> list[Step]:
    return [
        Step(text=text, show=f"flow.reveal({number})", parts=(Part(text=text, point=f"focus(flow[{number}].words)"),))
        for number, text in enumerate(steps)
    ]


def _chart_setup(chart: s.Chart) -> str:
    single = len(chart.series) == 1
    rows = ", ".join(
        f"({quoted(label)}, {values[0] if single else values!r})" for label, values in chart.rows if values
    )
    series = f", series=({_list(chart.series)},)" if not single else ""
    heading = f", title={quoted(chart.series[0])}" if single and visible(chart.series[0]) else ""
    return f"chart = Chart([{rows}], style={chart.style!r}{series}{heading})"


def _chart(chart: s.Chart) -> list[Step]:
    """The whole chart at once; then each value as its label is spoken. The largest comes last, to be pointed out."""
    labels = [visible(label) for label, _ in chart.rows]
    ranked = sorted(range(len(labels)), key=lambda row: max(chart.rows[row][1], default=0.0))
    column = {row: max(range(len(chart.rows[row][1])), key=chart.rows[row][1].__getitem__, default=0) for row in ranked}
    parts = tuple(
        Part(text=labels[row], point=f"focus(chart.value({labels[row]!r}, {column[row]}))")
        for row in ranked
        if labels.count(labels[row]) == 1
    )
    return [Step(text="", show="chart.reveal()", parts=parts)]


def _listing(source: str, beats: int) -> list[Step]:
    """The listing, then its parts in turn, one for each further beat."""
    rows = source.split("\n")
    full = [number for number, row in enumerate(rows, 1) if row.strip()]
    groups = max(1, min(beats - 1, len(full)))
    size = -(-len(full) // groups)
    chunks = [full[start : start + size] for start in range(0, len(full), size)]
    highlights = [
        (" ".join(rows[number - 1] for number in chunk), f"code.highlight({', '.join(map(str, chunk))})")
        for chunk in chunks
    ]
    if beats == 1:
        parts = tuple(Part(text=text, point=point) for text, point in highlights)
        return [Step(text="", show="code.reveal()", parts=parts)]
    shown = [Step(text=text, show=point, parts=(Part(text=text, point=point),)) for text, point in highlights]
    return [Step(text="", show="code.reveal()"), *shown]


def _comparison_setup(comparison: s.Comparison) -> str:
    left, right = _list(comparison.left), _list(comparison.right)
    return f"sides = Comparison({quoted(comparison.left_title)}, [{left}], {quoted(comparison.right_title)}, [{right}])"


def _comparison(comparison: s.Comparison) -> list[Step]:
    def side(name: str, title: str, items: Sequence[str]) -> Step:
        parts = tuple(Part(text=item, point=f"focus(sides.{name}[{number}])") for number, item in enumerate(items))
        return Step(text=f"{title} {' '.join(items)}", show=f"sides.reveal_{name}()", parts=parts)

    return [
        side("left", comparison.left_title, comparison.left),
        side("right", comparison.right_title, comparison.right),
    ]


def _picture(alt: str) -> list[Step]:
    closer = "picture.animate(run_time=4, rate_func=there_and_back).scale(1.04)"
    return [Step(text="", show="picture.reveal()", parts=(Part(text=alt, point=closer),))]
