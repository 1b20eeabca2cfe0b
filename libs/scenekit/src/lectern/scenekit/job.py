"""A render job: a folder with `job.json`, `scene.py` and `assets/` in, `result.json` and `footage.mp4` out.

It may hold `cast.py`, whose names the scene may use, and `before/1.py`, `before/2.py` and so on: the scenes before it,
whose things it goes on with.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import tqdm
from manim import logger

from .chain import CAST, SOURCE, LoadedScene, load_scene
from .checks.scene_check import SceneCheck
from .cpu_parts import CpuSplit
from .director import Filming, Measuring, SpokenWord
from .findings import Finding
from .font_letters import listen_for_missing_letters
from .footage import Encoding, FootageWriter
from .frame_costs import FrameCosts
from .front import FrontWriter, Layer
from .latex import use_latex
from .patching import use_config
from .photo import paint_photos
from .quick_drawing import quicken_drawing
from .quick_families import quicken_families
from .quick_manim import quicken_manim
from .remarks import listen_for_remarks
from .renderer import FilmingRenderer, MeasuringRenderer, frame_shape
from .right_to_left import keep_right_to_left_text
from .scene import Narrated
from .sounds import SoundLog
from .source import describe_error
from .style import use_theme
from .surround import Surround, draw_layers
from .timing import BeatPlan, Timetable, build_timetable

PROGRESS_INTERVAL_SECONDS = 0.1
MOST_MISSING_LETTERS = 40

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class JobSettings:
    """The contents of `job.json`.

    `mode` is "render" or "measure", `tex` a mode of `use_latex`. With `scene_class` None the last scene of the source
    is rendered. `texts` are the narration's beats, `words` its words. With `seed` None the code
    decides it. `allowed_seconds` is the computing that a render may take: if it is given, measuring foretells how much
    it will take.
    """

    mode: str
    scene_class: str | None
    table: Timetable
    texts: tuple[str, ...]
    words: tuple[SpokenWord, ...]
    encoding: Encoding
    theme: str
    seed: int | None
    tex: str
    allowed_seconds: float | None = None
    surround: Surround = field(default_factory=Surround)

    @classmethod
    def read(cls, folder: Path) -> JobSettings:
        """Read `job.json`. Raises KeyError or ValueError naming the field that is wrong."""
        fields = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        beats = fields.get("beats") or []
        words = fields.get("words") or []
        encoder = fields.get("encoder") or {}
        fps = int(fields["fps"])
        spans = [(each["start"], each["end"]) for each in beats]
        return cls(
            mode=fields.get("mode", "render"),
            scene_class=fields.get("scene_class"),
            table=build_timetable(fps=fps, seconds=fields["seconds"], beats=spans),
            texts=tuple(each.get("text", "") for each in beats),
            words=tuple(
                SpokenWord(text=each["text"], start=each["start"], beat=each["beat"], end=each.get("end", 0.0))
                for each in words
            ),
            encoding=Encoding(width=fields["width"], height=fields["height"], fps=fps, **encoder),
            theme=fields.get("theme", "dark"),
            seed=fields.get("seed"),
            tex=fields.get("tex", "local"),
            allowed_seconds=fields.get("allowed_seconds"),
            surround=Surround.read(fields.get("surround") or {}),
        )


@dataclass(kw_only=True)
class JobResult:
    """The contents of `result.json`, filled in as the job goes on. `render_seconds` is foretold, in CPU seconds.

    `sounds` are what a narrated scene sounds like, filmed only. `missing_letters` are drawn as boxes: no font has them.
    """

    frames: int = 0
    beats: list[dict[str, float]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    render_seconds: float = 0.0
    sounds: list[dict[str, float | str]] = field(default_factory=list)
    missing_letters: str = ""
    parts: CpuSplit = field(default_factory=CpuSplit)
    error: dict[str, Any] | None = None

    def hear_missing(self, letters: str) -> None:
        """Note letters that no font has, up to as many as anybody reads."""
        together = dict.fromkeys(self.missing_letters + letters)
        self.missing_letters = "".join(together)[:MOST_MISSING_LETTERS]

    def to_json(self, *, cpu_seconds: float) -> dict[str, Any]:
        """Return the result as it is written to result.json."""
        return {
            "ok": self.error is None,
            "frames": self.frames,
            "beats": self.beats,
            "cpu_seconds": round(cpu_seconds, 3),
            "cpu_parts": self.parts.to_json(cpu_seconds=cpu_seconds),
            "render_seconds": round(self.render_seconds, 3),
            "sounds": self.sounds,
            "missing_letters": self.missing_letters,
            "findings": [finding.to_json() for finding in self.findings],
            "error": self.error,
        }


def run(folder: Path, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Run the job in `folder` and write `result.json`, whatever happens. Returns what it wrote.

    `on_progress(frames, of)` is called at most ten times a second. The working directory is `folder` meanwhile.
    """
    folder = Path(folder).absolute()
    before = Path.cwd()
    started = time.process_time()
    result = JobResult()
    try:
        os.chdir(folder)
        _run_passes(JobSettings.read(folder), folder, result, on_progress)
    except BaseException as error:  # a hostile scene may raise anything, even SystemExit, and still gets its result
        result.error = describe_error(error, SOURCE, CAST)
    finally:
        os.chdir(before)
    written = result.to_json(cpu_seconds=time.process_time() - started)
    _write_result(folder / "result.json", written)
    return written


def _write_result(path: Path, result: dict[str, Any]) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def _run_passes(settings: JobSettings, folder: Path, result: JobResult, on_progress: OnProgress | None) -> None:
    with _configure_manim(settings, folder), listen_for_missing_letters(result.hear_missing):
        costs = _build_costs(settings)
        measuring, plans, narrated = _measure(settings, folder, result, costs)
        result.findings += measuring.collect_findings(plans, beats_expected=narrated and bool(settings.texts))
        result.beats = _describe_beats(measuring, plans)
        if costs is not None:
            encoding = settings.encoding
            result.render_seconds, dear = costs.foretell(plans, encoding.width * encoding.height / 1e6)
            result.findings += dear
        if settings.mode == "measure":
            result.frames = settings.table.frames
        else:
            sounds = SoundLog() if narrated else None
            assets = folder / "assets"
            layers = draw_layers(
                settings.surround, assets, seconds=settings.table.stops[-1], report=result.findings.append
            )
            result.frames, result.parts = _film(settings, folder, measuring, plans, on_progress, sounds, layers)
            if sounds is not None:
                result.sounds = sounds.list_cues(settings.table.stops[-1])


def _build_costs(settings: JobSettings) -> FrameCosts | None:
    if settings.mode != "measure" or settings.allowed_seconds is None:
        return None
    return FrameCosts(allowed=settings.allowed_seconds, table=settings.table, source=SOURCE)


def _measure(
    settings: JobSettings, folder: Path, result: JobResult, costs: FrameCosts | None
) -> tuple[Measuring, list[BeatPlan], bool]:
    """Run the measuring pass. Returns its director, its plans, and whether the scene follows its narration."""
    loaded = _load(settings, folder)
    narrated = issubclass(loaded.chosen, Narrated)
    table = settings.table
    if not narrated:
        table = build_timetable(fps=table.fps, seconds=table.stops[-1], beats=[])
    measuring = Measuring(table, words=settings.words, texts=settings.texts, source=SOURCE, plain=not narrated)
    check = SceneCheck(measuring)
    try:
        with listen_for_remarks(check.hear):
            loaded.construct(partial(MeasuringRenderer, measuring, check, costs))
        plans = measuring.plan_beats()
        check.finish(plans)
    finally:
        result.findings += check.findings
    return measuring, plans, narrated


def _film(
    settings: JobSettings,
    folder: Path,
    measuring: Measuring,
    plans: list[BeatPlan],
    on_progress: OnProgress | None,
    sounds: SoundLog | None,
    layers: Sequence[Layer],
) -> tuple[int, CpuSplit]:
    """Run the filming pass. Returns the number of frames written, and what that was spent on."""
    loaded = _load(settings, folder)
    footage = FootageWriter(folder / "footage.mp4", settings.encoding)
    front = FrontWriter(footage, layers)
    ground = settings.surround.ground if issubclass(loaded.chosen, Narrated) else "plain"
    filming = Filming(measuring, plans)
    on_frames = _limit_progress(on_progress, settings.table.frames)
    try:
        scene = loaded.construct(partial(FilmingRenderer, filming, front, on_frames, ground, sounds))
        renderer = scene.renderer
        assert isinstance(renderer, FilmingRenderer)
        renderer.hold(scene, filming.grant_rest())
        footage.finish()
    except BaseException:
        footage.abort()
        raise
    parts = CpuSplit(
        interpolation=renderer.moving_seconds,
        rasterising=renderer.showing_seconds - footage.conversion_seconds,
        conversion=footage.conversion_seconds,
        encoding=footage.encoding_seconds,
    )
    return footage.frames_written, parts


def _load(settings: JobSettings, folder: Path) -> LoadedScene:
    return load_scene(folder, scene_class=settings.scene_class, seed=settings.seed, fps=settings.table.fps)


def _describe_beats(measuring: Measuring, plans: list[BeatPlan]) -> list[dict[str, float]]:
    table = measuring.table
    return [
        {
            "measured": round(measure.moving + measure.resting if measuring.plain else sum(measure.runs), 3),
            "allotted": round(stop - start, 3),
            "speed": round(plan.speed, 3),
        }
        for measure, start, stop, plan in zip(measuring.measures, table.starts, table.stops, plans, strict=True)
    ]


def _limit_progress(on_progress: OnProgress | None, total: int) -> Callable[[int], None]:
    last = 0.0

    def report(frames: int) -> None:
        nonlocal last
        now = time.monotonic()
        if on_progress is not None and (now - last >= PROGRESS_INTERVAL_SECONDS or frames == total):
            last = now
            on_progress(frames, total)

    return report


@contextmanager
def _configure_manim(settings: JobSettings, folder: Path) -> Iterator[None]:
    encoding = settings.encoding
    width, height = frame_shape(encoding.width, encoding.height)
    tqdm.tqdm.monitor_interval = 0
    level = logger.level
    logger.setLevel("ERROR")
    config = {
        "pixel_width": encoding.width,
        "pixel_height": encoding.height,
        "frame_rate": encoding.fps,
        "frame_width": width,
        "frame_height": height,
        "media_dir": str(folder / ".media"),
        "dry_run": True,
        "disable_caching": True,
        "notify_outdated_version": False,
        "progress_bar": "none",
    }
    try:
        around = settings.surround
        with (
            use_config(config),
            use_theme(settings.theme, around.colours, around.font, around.script),
            use_latex(settings.tex),
            keep_right_to_left_text(),
            paint_photos(),
            quicken_manim(),
            quicken_families(),
            quicken_drawing(),
        ):
            yield
    finally:
        logger.setLevel(level)
