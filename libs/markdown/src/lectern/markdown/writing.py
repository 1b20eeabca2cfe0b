"""From a script to Markdown, so that `parse` gives the same script back."""

from __future__ import annotations

import re

from lectern.contracts import script as s
from lectern.markdown.blocks import names_a_language
from lectern.markdown.prose import NOTES, escape, escape_heading, image, note_comment


def render(script: s.Script) -> str:
    """The script as Markdown: front matter where it says something, the title, then scene by scene."""
    parts = [_front_matter(script), f"# {escape_heading(script.title)}"]
    for scene in script.scenes:
        parts.append(f"## {escape_heading(scene.title)}")
        parts.extend(_beat(beat) for beat in scene.beats)
        parts.append(_visual(scene.visual) if scene.visual else "")
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(script: s.Script) -> str:
    language = [f"language: {script.language}"] if script.language != "en" else []
    lines = [
        *language,
        *(f"source: {source}" for source in script.sources),
        *(f"symbol: {_row(each.name, each.colour, each.meaning)}" for each in script.symbols),
        *(f"pronounce: {_row(written, spoken)}" for written, spoken in script.pronunciations.items()),
        *(f"doubt: {doubt}" for doubt in script.doubts),
    ]
    return "\n".join(["---", *lines, "---"]) if lines else ""


def _beat(beat: s.Beat) -> str:
    notes = [note_comment(kind, getattr(beat, name)) for kind, name in NOTES.items() if getattr(beat, name)]
    return "\n".join([escape(beat.text), *notes])


def _visual(visual: s.AnyVisual) -> str:
    match visual:
        case s.Equation():
            return _fenced("equation", "\n".join(visual.lines))
        case s.Bullets():
            return "\n".join(f"- {escape(item)}" for item in visual.items)
        case s.Flow():
            return _fenced("flow", "\n".join(_item(step) for step in visual.steps))
        case s.Chart():
            return _chart(visual)
        case s.Comparison():
            return _comparison(visual)
        case s.Timeline():
            return _fenced("timeline", "\n".join(_row(when, what) for when, what in visual.entries))
        case s.CodeListing():
            info = visual.language if names_a_language(visual.language) else f"code {visual.language}"
            return _fenced(info, visual.source)
        case s.Image():
            return image(visual.name, visual.alt)
        case s.Manim():
            return _fenced("manim", visual.source)


def _chart(chart: s.Chart) -> str:
    if chart.series == ("",):
        rows = [f"{_cell(label)}: {_number(values[0])}" for label, values in chart.rows]
    else:
        rows = [
            _row("", *chart.series),
            _rule(len(chart.series) + 1),
            *(_row(label, *map(_number, values)) for label, values in chart.rows),
        ]
    return _fenced(f"chart {chart.style}", "\n".join(rows))


def _comparison(comparison: s.Comparison) -> str:
    height = max(len(comparison.left), len(comparison.right))
    left, right = ((*side, *[""] * (height - len(side))) for side in (comparison.left, comparison.right))
    titles = _row(comparison.left_title, comparison.right_title)
    return _fenced(
        "comparison", "\n".join([titles, _rule(2), *(_row(*pair) for pair in zip(left, right, strict=True))])
    )


def _fenced(info: str, content: str) -> str:
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{content}\n{fence}"


def _item(text: str) -> str:
    return "\\" + text if re.match(r"\\|[-*•]\s|\d{1,2}[.)]\s", text) else text


def _row(*cells: str) -> str:
    """Cells between bars, framed by bars where an empty cell at an end would otherwise be lost."""
    row = " | ".join(_cell(cell) for cell in cells)
    return f"| {row} |" if not cells[0] or not cells[-1] else row


def _rule(columns: int) -> str:
    return " | ".join(["---"] * columns)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
