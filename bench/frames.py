"""The cost of a frame: stock manim and scenekit's job on the same scenes, side by side.

`python bench/frames.py [--quality 1080p60] [--only NAME …] [--lesson NAME[/SCENE] …] [--record LABEL]` renders each
scene with both and prints CPU seconds (user + system, of the process and its children), frame counts and the SSIM
between both videos as ffmpeg measures it. Exits with 1 when frame counts differ or SSIM is below 0.99.

Ours is measured twice. "cold" is a process of its own that imports everything first, as stock manim's does. "forked" is
how a renderer runs it: a fork of a process that has imported everything. Both ratios are to stock manim's cold process,
which is how stock manim runs.

`scenes/` are in the kit's words at natural speed; `scenes/hard/` are plain manim, hard on a renderer. A lesson is held
to its narration, scene by scene: manim's own drawing and encoding get the frames that the job plans. `--record` writes
each scene's figures to measured/frames.json under LABEL.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from narrated_jobs import list_lesson_scenes, narrate, write_job

from lectern import scenekit
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import Quality
from lectern.renderer.job_settings import build_job_settings
from lectern.scenekit import job

SIZES = {"1080p60": (1920, 1080, 60), "720p30": (1280, 720, 30), "480p15": (854, 480, 15)}
LESSON_QUALITIES: dict[str, Quality] = {"1080p60": "high", "720p30": "standard", "480p15": "draft"}
LEAST_SSIM = 0.99

FOLDER = Path(__file__).parent
# Scenes with a lot of motion that stock manim can draw: no camera of ours, nothing carried. Their beats and words are
# no-ops here, so that stock manim and the job draw exactly the same at natural speed.
KIT_SCENES = sorted((FOLDER / "scenes").glob("*.txt"))
HARD_SCENES = sorted((FOLDER / "scenes/hard").glob("*.txt"))
SCENES = {path.stem: path for path in (*KIT_SCENES, *HARD_SCENES)}

KIT_HEAD = """
import contextlib

from lectern.scenekit import *
from lectern.scenekit.style import use_theme

in_theme = use_theme("dark")  # kept: what is thrown away leaves its theme
in_theme.__enter__()
config.background_color = theme.background


class NarratedScene(Scene):
    def beat(self):
        return contextlib.nullcontext()

    def at(self, word):
        pass


"""
HARD_HEAD = """
from manim import *
from lectern.scenekit.style import use_theme

in_theme = use_theme("dark")  # kept: what is thrown away leaves its theme
in_theme.__enter__()
config.seed = 0


"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """The cost of a render in CPU seconds, and its video."""

    cpu_seconds: float
    video: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A scene's figures: CPU seconds and frames of stock manim and of ours, and how alike their videos are.

    `ours` is that of a cold process, `forked` that of a fork which finds everything imported.
    """

    scene: str
    stock: float
    ours: float
    forked: float
    stock_frames: int
    frames: int
    ssim: float

    @property
    def passed(self) -> bool:
        """Return whether both have drawn the same."""
        return self.stock_frames == self.frames and self.ssim >= LEAST_SSIM

    def format(self) -> str:
        """Format one row of the table."""
        frames = f"{self.stock_frames}/{self.frames}"
        costs = (f"{cost:9.2f} {cost / self.stock:6.2f}" for cost in (self.ours, self.forked))
        return f"{self.scene:20} {self.stock:12.2f} {' '.join(costs)} {frames:>12} {self.ssim:7.4f}"


def main() -> int:
    """Render the scenes both ways and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quality", choices=SIZES, default="1080p60")
    parser.add_argument("--only", choices=sorted(SCENES), nargs="*")
    parser.add_argument("--lesson", nargs="*", default=[])
    parser.add_argument("--record", default="")
    options = parser.parse_args()
    names = options.only if options.only is not None or options.lesson else list(SCENES)
    heads = f"{'cold':>9} {'ratio':>6} {'forked':>9} {'ratio':>6}"
    print(f"{'scene':20} {'stock CPU s':>12} {heads} {'frames':>12} {'SSIM':>7}")
    for name in scenekit.kit_names():  # as the process does from which renderers are forked
        getattr(scenekit, name)
    gc.freeze()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in names or []:
            rows.append(compare_scene(Path(scratch) / name, name, options.quality))
            report(rows[-1], options.record, options.quality)
        for lesson in options.lesson:
            scenes = []
            for row in compare_lesson(Path(scratch) / lesson, lesson, options.quality):
                report(row, options.record, options.quality)
                scenes.append(row)
            rows.append(add_up(lesson, scenes))
            report(rows[-1], options.record, options.quality)
    return 0 if all(row.passed for row in rows) else 1


def compare_scene(folder: Path, name: str, quality: str) -> Row:
    """Render a scene of this folder with both, at natural speed."""
    stock = render_stock(folder / "stock", name, quality)
    frames = count_frames(stock.video)
    ours = render_ours(folder / "ours", name, quality, frames)
    return compare(name, stock, ours, forked=run_forked(folder / "ours"))


def compare_lesson(folder: Path, lesson: str, quality: str) -> Iterator[Row]:
    """Render each scene of a lesson with both, held to its narration; `lesson/2` is its second scene alone."""
    name, _, number = lesson.partition("/")
    chosen = [scene for scene in list_lesson_scenes(name) if not number or scene.name == lesson]
    if not chosen:
        raise ValueError(f"no scene of a lesson is called {lesson!r}")
    for scene in chosen:
        place = folder / scene.name.replace("/", "-")
        options = VideoOptions(quality=LESSON_QUALITIES[quality])
        settings = build_job_settings(narrate(scene.texts), options, "render")
        costs = []
        for kind, command in (("stock", [str(FOLDER / "stock_drawing.py")]), ("ours", ["-m", "lectern.scenekit"])):
            write_job(place / kind, scene.source, scene.needs, settings)
            cpu_seconds, printed = run_timed([sys.executable, *command, str(place / kind)], place)
            if kind == "stock":
                cpu_seconds -= float(printed)
            costs.append(Cost(cpu_seconds=cpu_seconds, video=place / kind / "footage.mp4"))
        yield compare(scene.name, *costs, forked=run_forked(place / "ours"))


def compare(name: str, stock: Cost, ours: Cost, *, forked: float) -> Row:
    """Compare two renders; `forked` are the CPU seconds of a third, in a fork."""
    return Row(
        scene=name,
        stock=round(stock.cpu_seconds, 2),
        ours=round(ours.cpu_seconds, 2),
        forked=round(forked, 2),
        stock_frames=count_frames(stock.video),
        frames=count_frames(ours.video),
        ssim=measure_ssim(stock.video, ours.video),
    )


def add_up(name: str, rows: Sequence[Row]) -> Row:
    """Add up the scenes of a film. Its likeness is that of its worst scene."""
    return Row(
        scene=name,
        stock=round(sum(row.stock for row in rows), 2),
        ours=round(sum(row.ours for row in rows), 2),
        forked=round(sum(row.forked for row in rows), 2),
        stock_frames=sum(row.stock_frames for row in rows),
        frames=sum(row.frames for row in rows),
        ssim=min(row.ssim for row in rows),
    )


def report(row: Row, label: str, quality: str) -> None:
    """Print a row. With a label, keep its figures beside those of other runs, at once: a run may take an hour."""
    print(row.format(), flush=True)
    if label:
        path = FOLDER / "measured/frames.json"
        kept = json.loads(path.read_text()) if path.exists() else {}
        kept.setdefault(label, {}).setdefault(quality, {})[row.scene] = asdict(row)
        path.write_text(json.dumps(kept, indent=1) + "\n")


def read_scene(name: str) -> str:
    """Return the scene's code, for stock manim and the job alike; its class is called Lesson."""
    path = SCENES[name]
    code = path.read_text(encoding="utf-8")
    if path in HARD_SCENES:
        return HARD_HEAD + code
    return KIT_HEAD + re.sub(r"class \w+\(NarratedScene\)", "class Lesson(NarratedScene)", code, count=1)


def render_stock(folder: Path, name: str, quality: str) -> Cost:
    """Run `manim render` with its own settings in a new folder."""
    width, height, fps = SIZES[quality]
    folder.mkdir(parents=True)
    (folder / "scene.py").write_text(read_scene(name))
    command = [sys.executable, "-m", "manim", "render", "-r", f"{width},{height}", "--fps", str(fps), "-v", "ERROR"]
    command += ["--progress_bar", "none", "--media_dir", str(folder), "--silent", "scene.py", "Lesson"]
    cpu_seconds, _ = run_timed(command, folder)
    video = next(path for path in folder.rglob("Lesson.mp4") if "partial" not in str(path))
    return Cost(cpu_seconds=cpu_seconds, video=video)


def render_ours(folder: Path, name: str, quality: str, frames: int) -> Cost:
    """Run the render job in a process of its own, with a narration as long as stock manim's video of `frames`."""
    width, height, fps = SIZES[quality]
    folder.mkdir(parents=True)
    (folder / "scene.py").write_text(read_scene(name))
    job = {"mode": "render", "width": width, "height": height, "fps": fps, "seconds": frames / fps, "tex": "none"}
    (folder / "job.json").write_text(json.dumps(job | {"seed": 0}))
    cpu_seconds, _ = run_timed([sys.executable, "-m", "lectern.scenekit", str(folder)], folder)
    return Cost(cpu_seconds=cpu_seconds, video=folder / "footage.mp4")


def run_timed(command: list[str], folder: Path) -> tuple[float, str]:
    """Run a command; return the CPU seconds that it and its children used, and what it printed.

    Raises CalledProcessError when it fails.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    printed = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, printed


def run_forked(folder: Path) -> float:
    """Run a job's folder once more in a fork of this process; return the CPU seconds that it used.

    Raises RuntimeError when the job fails.
    """
    child = os.fork()
    if child == 0:
        result = job.run(folder)
        os._exit(0 if result["ok"] else 1)
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"the job in {folder} failed: {(folder / 'result.json').read_text()}")
    return used.ru_utime + used.ru_stime


def count_frames(video: Path) -> int:
    """Count the frames of a video by its packets."""
    command = ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v:0"]
    command += ["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", str(video)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().strip(","))


def measure_ssim(one: Path, other: Path) -> float:
    """Return the mean SSIM over all planes and frames. Both are converted to RGB: stock manim's video is BT.601."""
    graph = (
        "[0:v]scale=in_color_matrix=bt601:in_range=tv,format=gbrp,settb=AVTB,setpts=N/TB/60[a];"
        "[1:v]scale=in_color_matrix=bt709:in_range=tv,format=gbrp,settb=AVTB,setpts=N/TB/60[b];[a][b]ssim"
    )
    command = ["ffmpeg", "-hide_banner", "-i", str(one), "-i", str(other), "-lavfi", graph, "-f", "null", "-"]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found = re.search(r"All:([0-9.]+)", log)
    if found is None:
        raise ValueError(f"ffmpeg reported no SSIM: {log[-500:]}")
    return float(found.group(1))


if __name__ == "__main__":
    sys.exit(main())
