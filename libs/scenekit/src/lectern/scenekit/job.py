"""A render job: a folder with `job.json`, `scene.py` and `assets/` in, `result.json` and `footage.mp4` out."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import tqdm
from manim import Scene, logger, tempconfig

from . import look, source, tex
from .director import Filming, Measuring, SpokenWord
from .findings import Finding
from .footage import Encoding, Footage
from .lint import Lint
from .renderer import DirectedRenderer, FilmingRenderer, MeasuringRenderer, directed, frame_shape
from .scene import Narrated
from .timing import BeatPlan, Timetable, timetable

SOURCE = "scene.py"
PROGRESS_EVERY = 0.1
"""Seconds between progress reports, at least."""

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What `job.json` asks for. `scene_class` None means the last scene the source defines."""

    mode: str
    scene_class: str | None
    table: Timetable
    texts: tuple[str, ...]
    words: tuple[SpokenWord, ...]
    encoding: Encoding
    theme: str
    seed: int
    tex: str

    @classmethod
    def read(cls, folder: Path) -> Job:
        """Reads `job.json`. Raises KeyError or ValueError naming the field that is wrong."""
        given = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        beats = given.get("beats") or []
        encoder = given.get("encoder") or {}
        fps = int(given["fps"])
        return cls(
            mode=given.get("mode", "render"),
            scene_class=given.get("scene_class"),
            table=timetable(fps=fps, seconds=given["seconds"], beats=[(each["start"], each["end"]) for each in beats]),
            texts=tuple(each.get("text", "") for each in beats),
            words=tuple(
                SpokenWord(text=each["text"], start=each["start"], beat=each["beat"])
                for each in given.get("words") or []
            ),
            encoding=Encoding(width=given["width"], height=given["height"], fps=fps, **encoder),
            theme=given.get("theme", "dark"),
            seed=given.get("seed", 0),
            tex=given.get("tex", "local"),
        )


@dataclass(kw_only=True)
class Outcome:
    """What result.json will say."""

    frames: int = 0
    beats: list[dict[str, float]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    error: dict[str, Any] | None = None


def run(folder: Path, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Does the job in `folder` and writes `result.json`, whatever happens. Returns what it wrote.

    `on_progress(frames, of)` is called at most ten times a second. The working directory is `folder` meanwhile.
    """
    folder = Path(folder).absolute()
    before = Path.cwd()
    started = time.process_time()
    outcome = Outcome()
    try:
        os.chdir(folder)
        _do(Job.read(folder), folder, outcome, on_progress)
    except BaseException as error:  # a hostile scene may raise anything, SystemExit too, and is still answered
        outcome.error = source.describe(error, SOURCE)
    finally:
        os.chdir(before)
    result = {
        "ok": outcome.error is None,
        "frames": outcome.frames,
        "beats": outcome.beats,
        "cpu_seconds": round(time.process_time() - started, 3),
        "findings": [finding.to_json() for finding in outcome.findings],
        "error": outcome.error,
    }
    _write(folder / "result.json", result)
    return result


def _write(path: Path, result: dict[str, Any]) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def _do(job: Job, folder: Path, outcome: Outcome, on_progress: OnProgress | None) -> None:
    with _manim_for(job, folder):
        measuring, narrated = _measure(job, folder, outcome)
        plans = measuring.plans()
        outcome.findings += measuring.all_findings(plans, beats_expected=narrated and bool(job.texts))
        outcome.beats = _beats(measuring, plans)
        if job.mode == "measure":
            outcome.frames = job.table.frames
        else:
            outcome.frames = _film(job, folder, measuring, plans, on_progress)


def _measure(job: Job, folder: Path, outcome: Outcome) -> tuple[Measuring, bool]:
    chosen = source.scene_class(source.load(folder / SOURCE), job.scene_class)
    narrated = issubclass(chosen, Narrated)
    table = job.table if narrated else timetable(fps=job.table.fps, seconds=job.table.stops[-1], beats=[])
    measuring = Measuring(table, words=job.words, texts=job.texts, source=SOURCE, plain=not narrated)
    lint = Lint()
    try:
        _construct(chosen, partial(MeasuringRenderer, measuring, lint))
    finally:
        outcome.findings += lint.findings
    outcome.findings += lint.after(measuring)
    return measuring, narrated


def _film(job: Job, folder: Path, measuring: Measuring, plans: list[BeatPlan], on_progress: OnProgress | None) -> int:
    chosen = source.scene_class(source.load(folder / SOURCE), job.scene_class)
    footage = Footage(folder / "footage.mp4", job.encoding)
    filming = Filming(measuring, plans)
    report = _progress(on_progress, job.table.frames)
    try:
        scene = _construct(chosen, partial(FilmingRenderer, filming, footage, report))
        renderer = scene.renderer
        assert isinstance(renderer, FilmingRenderer)
        renderer.hold(scene, filming.frames_left())
        footage.finish()
    except BaseException:
        footage.abort()
        raise
    return footage.frames


def _construct(chosen: type[Scene], renderer: Callable[..., DirectedRenderer]) -> Scene:
    with directed(renderer):
        scene = chosen()
    scene.render()
    return scene


def _beats(measuring: Measuring, plans: list[BeatPlan]) -> list[dict[str, float]]:
    table = measuring.table
    return [
        {
            "measured": round(measure.moving + measure.resting if measuring.plain else sum(measure.runs), 3),
            "allotted": round(stop - start, 3),
            "speed": round(plan.speed, 3),
        }
        for measure, start, stop, plan in zip(measuring.measures, table.starts, table.stops, plans, strict=True)
    ]


def _progress(on_progress: OnProgress | None, total: int) -> Callable[[int], None]:
    last = 0.0

    def report(frames: int) -> None:
        nonlocal last
        now = time.monotonic()
        if on_progress is not None and (now - last >= PROGRESS_EVERY or frames == total):
            last = now
            on_progress(frames, total)

    return report


@contextmanager
def _manim_for(job: Job, folder: Path) -> Iterator[None]:
    width, height = frame_shape(job.encoding.width, job.encoding.height)
    tqdm.tqdm.monitor_interval = 0
    level = logger.level
    logger.setLevel("ERROR")
    settings = {
        "pixel_width": job.encoding.width,
        "pixel_height": job.encoding.height,
        "frame_rate": job.encoding.fps,
        "frame_width": width,
        "frame_height": height,
        "media_dir": str(folder / ".media"),
        "dry_run": True,
        "disable_caching": True,
        "notify_outdated_version": False,
        "progress_bar": "none",
        "seed": job.seed,
    }
    try:
        with tempconfig(settings), look.applied(job.theme), tex.available(job.tex):
            yield
    finally:
        logger.setLevel(level)
