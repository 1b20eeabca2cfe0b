"""Templates: source for each kind of visual."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import assert_never

from lectern.coder.coding import CodingTask
from lectern.coder.templates.choreography import CuedAnimation, Highlight, Reveal, choreograph
from lectern.coder.templates.source import write_scene
from lectern.coder.templates.text import clean_line, quote
from lectern.coder.templates.things import OWN_COLOURS
from lectern.contracts import script as s
from lectern.language.stems import stems

MAX_MEANING = 24
"""Characters of a symbol's meaning that find room beside it."""
FIRST_SHARE = 0.8
"""The share of the picture's width or height that the first of several formulas takes until the second one comes."""
_UNIT = re.compile(r"(.*\S)\s*[(\[]([^()\[\]]{1,12})[)\]]")
_SYMBOL = re.compile(r"(?<![A-Za-z_^.])[A-Za-z](?![A-Za-z(])")


def write_template(task: CodingTask) -> str | None:
    """Source for the scene's visual; None where there is none, or where it is Manim already."""
    visual = task.scene.visual
    match visual:
        case None | s.Manim():
            return None
        case s.Equation(lines=lines):
            arguments = ", ".join(repr(clean_line(line)) for line in lines)
            colours = _choose_colours(lines)
            setup = [
                f"eq = Equation({arguments}{_write_colours(colours)})",
                _enlarge("eq", 2.2 if len(lines) > 1 else 3.4),
            ]
            if len(lines) > 1:
                setup.append(f"self.begin_close(eq[0], fill={FIRST_SHARE})")
            reveals = [*_derive_each(lines), *_name_symbols(task.script.symbols, lines, colours)]
            return _write(task, "Formulas", setup, reveals, ground="eq[0]")
        case s.Bullets(items=items):
            setup = [f"points = Bullets({_arguments(items)})"]
            return _write(task, "Points", setup, _reveal_each("points", items), ground="points.ground")
        case s.Flow(steps=steps):
            setup = [f"flow = Flow({_arguments(steps)})"]
            return _write(task, "Steps", setup, _reveal_each("flow", steps), ground="flow.ground")
        case s.Chart(style="table"):
            cells = [_write_cells(label, values) for label, values in visual.rows]
            texts = [label for label, _ in visual.rows]
            return _write_table(task, ["", *visual.series], cells, texts)
        case s.Table(headings=headings, rows=rows):
            return _write_table(task, headings, rows, _name_rows(rows, task.options.language))
        case s.Chart():
            setup = [_chart_setup(visual)]
            return _write(task, "Numbers", setup, _reveal_chart(visual, task), ground="chart.ground")
        case s.CodeListing(language=language, source=source):
            return _write_walk(task, f"code = CodeListing({source!r}, language={language!r})")
        case s.Comparison():
            setup = [_comparison_setup(visual)]
            return _write(task, "SideBySide", setup, _reveal_comparison(visual), ground="sides.ground")
        case s.Timeline(entries=entries):
            pairs = ", ".join(f"({quote(when)}, {quote(what)})" for when, what in entries)
            texts = [f"{when} {what}" for when, what in entries]
            setup = [f"timeline = Timeline({pairs})"]
            return _write(task, "Moments", setup, _reveal_each("timeline", texts), ground="timeline.ground")
        case s.Image(name=name, alt=alt):
            caption = f", caption={quote(alt)}" if clean_line(alt) else ""
            setup = [f"picture = Picture({name!r}{caption})"]
            return _write(task, "Photo", setup, _pan_image(alt), ground="picture", behind="picture.ground")
    assert_never(visual)


def _write(
    task: CodingTask,
    name: str,
    setup: Sequence[str],
    reveals: Sequence[Reveal],
    *,
    ground: str = "",
    behind: str = "",
    opening: Highlight | None = None,
) -> str:
    """The scene: its heading and the `ground` of its visual are there from the first frame, over what is `behind`."""
    beats = choreograph(reveals, task.narration, task.options.language, opening)
    title = clean_line(task.scene.title)
    heading = [f"title = Title({quote(title)})"] if title else []
    shown = ", ".join(each for each in (behind, "title" if title else "", ground) if each)
    return write_scene(name, [*heading, *setup, *([f"self.add({shown})"] if shown else []), ""], beats, task.narration)


def _write_walk(task: CodingTask, listing: str) -> str:
    """A walk through code: lines light up as each beat speaks of them, and the bar behind them never rests."""
    title = clean_line(task.scene.title)
    heading = [f"title = Title({quote(title)})"] if title else []
    shown = "title, code" if title else "code"
    beats = [[CuedAnimation(animation="code.follow()")] for _ in task.narration.beats]
    setup = [
        *heading,
        listing,
        _enlarge("code", 1.4),
        f"self.add({shown})",
        "code.bar.stretch(0.93, 0)",
        "alive(code.bar, 'pulse')",
        "",
    ]
    return write_scene("Program", setup, beats, task.narration)


def _derive_each(lines: Sequence[str]) -> list[Reveal]:
    """The first formula is there from the start, close; each further one grows out of the one before, seen with it."""
    reveals = []
    for number, line in enumerate(lines):
        linger = f"eq.dwell({number}, "
        highlight = Highlight(text=line, animation=linger, linger=linger, paced=True)
        shown = f"eq.derive({number})" if number else linger
        if number == 1:
            shown = f"self.wide(), {shown}"
        reveals.append(Reveal(text=line, animation=shown, paced=not number, linger=linger, highlights=(highlight,)))
    return reveals


def _choose_colours(lines: Sequence[str]) -> dict[str, str]:
    """Colours for the first letters that stand for themselves in the formulas, the same in each line."""
    found = [letter for line in lines for letter in _SYMBOL.findall(clean_line(line))]
    chosen = [] if '"' in "".join(lines) else list(dict.fromkeys(found))[: len(OWN_COLOURS)]
    return dict(zip(chosen, OWN_COLOURS, strict=False))


def _write_colours(colours: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{letter!r}: theme.{colour}" for letter, colour in colours.items())
    return f", colors={{{pairs}}}" if pairs else ""


def _name_symbols(symbols: Sequence[s.Symbol], lines: Sequence[str], colours: Mapping[str, str]) -> list[Reveal]:
    """What the letters of a formula mean, beside them as it is said; several formulas leave no room for it."""
    if len(lines) > 1:
        return []
    named = [(each.name, clean_line(each.meaning)) for each in symbols if each.name in colours]
    linger = "eq.dwell(0, "
    return [
        Reveal(
            text=meaning,
            animation=f"eq.explain({name!r}, {quote(meaning)})",
            linger=linger,
            highlights=(Highlight(text=meaning, animation=linger, linger=linger, paced=True),),
        )
        for name, meaning in named
        if 0 < len(meaning) <= MAX_MEANING
    ]


def _enlarge(name: str, max_scale: float) -> str:
    """A line that fits a thing to the frame, enlarged up to `max_scale`: a few short words should not look lost."""
    room = f"frame.body.width / {name}.width, frame.body.height / {name}.height"
    return f"{name}.scale(min({max_scale}, {room}))"


def _arguments(items: Sequence[str]) -> str:
    return ", ".join(quote(item) for item in items)


def _reveal_each(name: str, texts: Sequence[str]) -> list[Reveal]:
    """Reveals the parts of a thing one by one, and points each out again when it is spoken of."""
    return [
        Reveal(
            text=text,
            animation=f"{name}.reveal({number})",
            linger=(linger := f"{name}.dwell({number}, "),
            highlights=(Highlight(text=text, animation=f"{name}.point_out({number})", linger=linger),),
        )
        for number, text in enumerate(texts)
    ]


def _chart_setup(chart: s.Chart) -> str:
    single = len(chart.series) == 1
    rows = ", ".join(f"({quote(label)}, {values[0] if single else values!r})" for label, values in chart.rows if values)
    series = f", series=({_arguments(chart.series)},)" if not single else ""
    title, unit = _read_unit(clean_line(chart.series[0])) if single and chart.series else ("", "")
    heading = f", title={quote(title)}" if title else ""
    measured = f", unit={quote(unit)}" if unit else ""
    return f"chart = Chart([{rows}], style={chart.style!r}{series}{heading}{measured})"


def _write_table(task: CodingTask, headings: Sequence[str], rows: Sequence[Sequence[str]], texts: Sequence[str]) -> str:
    """A table whose rows come, and light up again, as `texts` are spoken: one for each row."""
    cells = ", ".join(f"[{_arguments(row)}]" for row in rows)
    setup = [f"table = DataTable([{_arguments(headings)}], [{cells}])"]
    linger = "table.dwell(None, "
    opening = Highlight(text="", animation=linger, linger=linger, paced=True)
    return _write(task, "Table", setup, _reveal_each("table", texts), ground="table.ground", opening=opening)


def _name_rows(rows: Sequence[Sequence[str]], language: str) -> list[str]:
    """What tells that a row is spoken of: its words that no other row has, since "yes" or "light" may be in several."""
    words = [[word for cell in row for word in cell.split()] for row in rows]
    found = [[stems(word, language) for word in row] for row in words]
    counts = Counter(each for row in found for each in frozenset().union(*row))
    return [
        " ".join(word for word, own in zip(row, row_stems, strict=True) if any(counts[each] == 1 for each in own))
        or " ".join(row)
        for row, row_stems in zip(words, found, strict=True)
    ]


def _write_cells(label: str, values: Sequence[float]) -> list[str]:
    """A row of a table as it is written: thousands are set apart, and nothing is rounded."""
    return [label, *(f"{value:,.12g}" if abs(value) < 1e12 else f"{value:g}" for value in values)]


def _read_unit(heading: str) -> tuple[str, str]:
    """A heading such as "Share (%)" as the heading and its unit."""
    match = _UNIT.fullmatch(heading)
    return (match[1], match[2]) if match else (heading, "")


def _reveal_chart(chart: s.Chart, task: CodingTask) -> list[Reveal]:
    """Bars grow as they are named, all those that nobody names at first; lines are drawn as far as is told."""
    labels = [clean_line(label) for label, values in chart.rows if values]
    if len(set(labels)) < len(labels):
        return [Reveal(text="", animation="chart.reveal()")]
    column = {
        label: max(range(len(values)), key=values.__getitem__)
        for label, (_, values) in zip(labels, (row for row in chart.rows if row[1]), strict=True)
    }
    points = {
        label: Highlight(
            text=label,
            animation=f"chart.point_out({quote(label)}, {column[label]})",
            linger=f"chart.dwell({quote(label)}, {column[label]}, ",
        )
        for label in labels
    }
    paced = chart.style == "line"
    if paced:
        named = labels
    else:
        values = {label: numbers[0] for label, numbers in chart.rows if numbers}
        spoken = [stems(span.text, task.options.language) for span in task.narration.beats]
        first = {
            label: next((beat for beat, words in enumerate(spoken) if stems(label, task.options.language) & words), -1)
            for label in labels
        }
        named = sorted(labels, key=lambda label: (first[label], -values.get(label, 0.0)))
    return [
        Reveal(
            text=label,
            animation=f"chart.reveal({quote(label)}{', ' if paced else ')'}",
            paced=paced,
            linger=points[label].linger,
            highlights=(points[label],),
        )
        for label in named
    ]


def _comparison_setup(comparison: s.Comparison) -> str:
    left, right = _arguments(comparison.left), _arguments(comparison.right)
    return f"sides = Comparison({quote(comparison.left_title)}, [{left}], {quote(comparison.right_title)}, [{right}])"


def _reveal_comparison(comparison: s.Comparison) -> list[Reveal]:
    """Row against row; the headings are there from the start."""
    rows = zip_longest(comparison.left, comparison.right, fillvalue="")
    return _reveal_each("sides", [f"{left} {right}" for left, right in rows])


def _pan_image(alt: str) -> list[Reveal]:
    """The picture is there from the start; the view comes closer, wanders, and at last shows all of it again."""
    closer = "picture.pan((0.35, 0.4), 1.35, "
    wander = (
        Highlight(text=alt, animation="picture.pan((0.66, 0.6), 1.35, ", paced=True),
        Highlight(text=alt, animation="picture.pan(None, 1, ", paced=True),
    )
    return [Reveal(text="", animation=closer, paced=True, highlights=wander)]
