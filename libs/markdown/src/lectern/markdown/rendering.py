"""From a script to Markdown, so that `parse` gives the same script back."""

from __future__ import annotations

import re
from typing import assert_never

from lectern.contracts import script as s
from lectern.markdown.blocks import opens_listing
from lectern.markdown.inline import (
    BEAT_NOTES,
    PAUSE_NOTE,
    PLAN_NOTES,
    escape,
    escape_heading,
    render_image,
    render_note,
)
from lectern.markdown.tables import escape_cell, join_cells, table_rule


def render(script: s.Script) -> str:
    """The script as Markdown: front matter if there is any, the title, then scene by scene."""
    cast = _fence("cast", script.cast) if script.cast else ""
    parts = [_render_front_matter(script), f"# {escape_heading(script.title)}", cast]
    for scene in script.scenes:
        parts.append("\n".join([f"## {escape_heading(scene.title)}", *_render_notes(scene)]))
        parts.extend(_render_beat(beat) for beat in scene.beats)
        parts.append(_render_visual(scene.visual) if scene.visual else "")
    return "\n\n".join(part for part in parts if part) + "\n"


def _render_front_matter(script: s.Script) -> str:
    language = [f"language: {script.language}"] if script.language != "en" else []
    lines = [
        *language,
        *(f"{key}: {value}" for key in ("angle", "question", "idea", "audience") if (value := getattr(script, key))),
        *(f"source: {source}" for source in script.sources),
        *(f"symbol: {join_cells(each.name, each.colour, each.meaning)}" for each in script.symbols),
        *(f"pronounce: {join_cells(written, spoken)}" for written, spoken in script.pronunciations.items()),
        *(f"doubt: {doubt}" for doubt in script.doubts),
    ]
    return "\n".join(["---", *lines, "---"]) if lines else ""


def _render_notes(scene: s.Scene) -> list[str]:
    plan = [render_note(kind, getattr(scene.plan, kind)) for kind in PLAN_NOTES if getattr(scene.plan, kind)]
    cut = [("carries", ", ".join(scene.plan.carries)), ("transition", scene.plan.transition), ("voice", scene.voice)]
    return [*plan, *(render_note(kind, text) for kind, text in cut if text)]


def _render_beat(beat: s.Beat) -> str:
    notes = [render_note(kind, getattr(beat, name)) for kind, name in BEAT_NOTES.items() if getattr(beat, name)]
    pause = [render_note(PAUSE_NOTE, _render_number(beat.pause))] if beat.pause else []
    return "\n".join([escape(beat.text), *notes, *pause])


def _render_visual(visual: s.AnyVisual) -> str:
    match visual:
        case s.Equation():
            return _fence("equation", "\n".join(visual.lines))
        case s.Bullets():
            return "\n".join(f"- {escape(item)}" for item in visual.items)
        case s.Flow():
            return _fence("flow", "\n".join(_protect_list_marker(step) for step in visual.steps))
        case s.Chart():
            return _render_chart(visual)
        case s.Comparison():
            return _render_comparison(visual)
        case s.Timeline():
            return _fence("timeline", "\n".join(join_cells(when, what) for when, what in visual.entries))
        case s.Table():
            return _render_table(visual)
        case s.CodeListing():
            info = visual.language if opens_listing(visual.language) else f"code {visual.language}"
            return _fence(info, visual.source)
        case s.Image():
            return render_image(visual.name, visual.alt)
        case s.Manim():
            return _fence("manim", visual.source)
        case _:
            assert_never(visual)


def _render_chart(chart: s.Chart) -> str:
    if chart.series == ("",):
        rows = [f"{escape_cell(label)}: {_render_number(values[0])}" for label, values in chart.rows]
    else:
        rows = [
            join_cells("", *chart.series),
            table_rule(len(chart.series) + 1),
            *(join_cells(label, *map(_render_number, values)) for label, values in chart.rows),
        ]
    return _fence(f"chart {chart.style}", "\n".join(rows))


def _render_comparison(comparison: s.Comparison) -> str:
    height = max(len(comparison.left), len(comparison.right))
    left, right = ((*side, *[""] * (height - len(side))) for side in (comparison.left, comparison.right))
    titles = join_cells(comparison.left_title, comparison.right_title)
    rows = [join_cells(*pair) for pair in zip(left, right, strict=True)]
    return _fence("comparison", "\n".join([titles, table_rule(2), *rows]))


def _render_table(table: s.Table) -> str:
    rows = [join_cells(*row) for row in table.rows]
    return _fence("table", "\n".join([join_cells(*table.headings), table_rule(len(table.headings)), *rows]))


def _fence(info: str, content: str) -> str:
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{content}\n{fence}"


def _protect_list_marker(text: str) -> str:
    return "\\" + text if re.match(r"\\|[-*•]\s|\d{1,2}[.)]\s", text) else text


def _render_number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
