"""What preflight foretells of a render's computing, and what the render then takes.

`python bench/frame_costs.py [--quality standard] [--only NAME]` measures every scene of the bundled lessons and some
dear ones, each in a fork of a process that has imported everything, as the sandbox does. It prints CPU seconds: of a
preflight that foretells nothing, of one that does, what it foretells, and what the render takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scene_sources import write_sources

from lectern.contracts import script as s
from lectern.contracts.carrying import CodeNeeds, find_needs
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.lessons import load_lessons
from lectern.markdown import parse
from lectern.renderer.job_settings import build_job_settings
from lectern.scenekit import job
from lectern.voice.engines.silent import SilentEngine
from lectern.voice.layout import lay_out

DEAR = {
    "label anew": "value = ValueTracker(0)\nself.add(always_redraw(lambda: Label(f'{value.get_value():.3f}')))\n"
    "self.play(value.animate.set_value(9), run_time=8)",
    "plot anew": "value, axes = ValueTracker(1), Axes()\n"
    "self.add(axes, always_redraw(lambda: axes.plot(lambda x: np.sin(x * value.get_value()))))\n"
    "self.play(value.animate.set_value(5), run_time=8)",
    "many dots": "dots = VGroup(*(Dot([x / 10 - 5, y / 10 - 3, 0]) for x in range(100) for y in range(60)))\n"
    "self.play(dots.animate.shift(RIGHT), run_time=8)",
    "by itself": "square = Square().add_updater(lambda m, dt: m.rotate(dt))\nself.add(square)\nself.wait(1)",
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quality", default="draft")
    parser.add_argument("--only", default="", help="a part of the scenes' names")
    chosen = parser.parse_args()
    options = VideoOptions(quality=chosen.quality)
    totals = [0.0] * 4
    print(f"{'':28} preflight  foretelling  foretold    render   ratio")
    for name, source, needs, texts in list_scenes():
        if chosen.only in name:
            figures = measure_scene(source, needs, texts, options)
            totals = [total + figure for total, figure in zip(totals, figures, strict=True)]
            print_figures(name, figures)
    print_figures("all", totals)


def print_figures(name: str, figures: list[float]) -> None:
    """Print one line of the table."""
    plain, foretelling, foretold, render = figures
    print(f"{name:28} {plain:9.3f} {foretelling:12.3f} {foretold:9.1f} {render:9.1f} {foretold / render:7.2f}")


def list_scenes() -> Iterator[tuple[str, str, CodeNeeds, list[str]]]:
    """List each scene's name, source, what that is run with, and spoken texts."""
    for lesson in load_lessons():
        script = parse(lesson.text)
        for number, scene in enumerate(script.scenes, 1):
            if isinstance(scene.visual, s.Manim):
                source, texts = scene.visual.source, [beat.spoken_text() for beat in scene.beats]
                yield f"{lesson.name}/{number}", source, find_needs(script, number, source), texts
    for name, body in DEAR.items():
        lines = "\n".join(f"            {line}" for line in body.splitlines())
        source = f"class Dear(NarratedScene):\n    def construct(self):\n        with self.beat():\n{lines}\n"
        yield (
            name,
            source,
            CodeNeeds(),
            ["Count with me, one two three four five six seven eight nine ten, and so on."],
        )


def measure_scene(source: str, needs: CodeNeeds, texts: list[str], options: VideoOptions) -> list[float]:
    """Measure a scene in CPU seconds: preflight without and with foretelling, what it foretells, the render."""
    narration = asyncio.run(_narrate(texts))
    measure = {**build_job_settings(narration, options, "measure"), "tex": "none"}
    plain, _ = run_in_fork(source, needs, {**measure, "allowed_seconds": None})
    foretelling, result = run_in_fork(source, needs, measure)
    render, _ = run_in_fork(source, needs, {**build_job_settings(narration, options, "render"), "tex": "none"})
    for finding in result["findings"]:
        if finding["rule"] == "too-dear":
            print(finding["message"])
    return [plain, foretelling, result["render_seconds"], render]


def run_in_fork(source: str, needs: CodeNeeds, settings: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Run a job in a fork. Returns its CPU seconds and its result."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "job.json").write_text(json.dumps(settings))
        write_sources(folder, source, needs)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        pid = os.fork()
        if pid == 0:
            job.run(folder)
            os._exit(0)
        os.waitpid(pid, 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        result: dict[str, Any] = json.loads((folder / "result.json").read_text())
        if result["error"]:
            sys.exit(f"{result['error']['traceback']}")
        return used, result


async def _narrate(texts: list[str]) -> Narration:
    speech = await SilentEngine().speak(tuple(texts), "silent", "", 1.0)
    laid = lay_out(tuple(s.Beat(text=text) for text in texts), speech.passages)
    return Narration(
        seconds=laid.seconds, samples=laid.samples, words=laid.words, beats=laid.beats, voice="silent", engine="silent",
        timing="estimated",
    )  # fmt: skip


if __name__ == "__main__":
    main()
