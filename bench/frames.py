"""The cost of a frame: stock manim and scenekit's job on the same scenes, side by side.

`python bench/frames.py [--quality 1080p60] [--only NAME]` renders each scene with both, each time in a process of its
own, and prints CPU seconds (user + system, of the process and its children), their ratio, frame counts and the SSIM
between both videos as ffmpeg measures it. Exits with 1 when frame counts differ or SSIM is below 0.99.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

QUALITIES = {"1080p60": (1920, 1080, 60), "720p30": (1280, 720, 30), "480p15": (854, 480, 15)}

# Scenes with a lot of motion that stock manim can draw: no camera of ours, nothing carried. Their beats and words are
# no-ops here, so that stock manim and the job draw exactly the same at natural speed.
SCENES = sorted(path.stem for path in (Path(__file__).parent / "scenes").glob("*.txt"))

HEAD = """
import contextlib

from lectern.scenekit import *
from lectern.scenekit.style import use_theme

use_theme("dark").__enter__()
config.background_color = theme.background


class NarratedScene(Scene):
    def beat(self):
        return contextlib.nullcontext()

    def at(self, word):
        pass


"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """The cost of a render in CPU seconds, and its video."""

    cpu_seconds: float
    frames: int
    video: Path


def main() -> int:
    """Render the scenes both ways and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quality", choices=QUALITIES, default="1080p60")
    parser.add_argument("--only", choices=SCENES)
    options = parser.parse_args()
    passed = True
    totals = [0.0, 0.0]
    print(f"{'scene':18} {'stock CPU s':>12} {'ours CPU s':>11} {'ratio':>6} {'frames':>12} {'SSIM':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in [options.only] if options.only else SCENES:
            folder = Path(scratch) / name
            stock = render_stock(folder / "stock", name, options.quality)
            ours = render_ours(folder / "ours", name, options.quality, stock.frames)
            similarity = measure_ssim(stock.video, ours.video)
            passed = passed and stock.frames == ours.frames and similarity >= 0.99
            totals = [totals[0] + stock.cpu_seconds, totals[1] + ours.cpu_seconds]
            frames = f"{stock.frames}/{ours.frames}"
            print(format_row(name, stock.cpu_seconds, ours.cpu_seconds, frames, f"{similarity:.4f}"), flush=True)
    print(format_row("all", *totals, "", ""))
    return 0 if passed else 1


def format_row(name: str, stock: float, ours: float, frames: str, similarity: str) -> str:
    """Format one row of the table."""
    return f"{name:18} {stock:12.2f} {ours:11.2f} {ours / stock:6.2f} {frames:>12} {similarity:>7}"


def read_scene(name: str) -> str:
    """Return the scene's code, for stock manim and the job alike; its class is called Lesson."""
    code = (Path(__file__).parent / "scenes" / f"{name}.txt").read_text(encoding="utf-8")
    return HEAD + re.sub(r"class \w+\(NarratedScene\)", "class Lesson(NarratedScene)", code, count=1)


def render_stock(folder: Path, name: str, quality: str) -> Cost:
    """Run `manim render` with its own settings in a new folder."""
    width, height, fps = QUALITIES[quality]
    folder.mkdir(parents=True)
    (folder / "scene.py").write_text(read_scene(name))
    command = [sys.executable, "-m", "manim", "render", "-r", f"{width},{height}", "--fps", str(fps), "-v", "ERROR"]
    command += ["--progress_bar", "none", "--media_dir", str(folder), "--silent", "scene.py", "Lesson"]
    cpu_seconds = run_timed(command, folder)
    video = next(path for path in folder.rglob("Lesson.mp4") if "partial" not in str(path))
    return Cost(cpu_seconds=cpu_seconds, frames=count_frames(video), video=video)


def render_ours(folder: Path, name: str, quality: str, frames: int) -> Cost:
    """Run the render job in a process of its own, with a narration as long as stock manim's video of `frames`."""
    width, height, fps = QUALITIES[quality]
    folder.mkdir(parents=True)
    (folder / "scene.py").write_text(read_scene(name))
    job = {"mode": "render", "width": width, "height": height, "fps": fps, "seconds": frames / fps, "tex": "none"}
    (folder / "job.json").write_text(json.dumps(job))
    cpu_seconds = run_timed([sys.executable, "-m", "lectern.scenekit", str(folder)], folder)
    return Cost(cpu_seconds=cpu_seconds, frames=count_frames(folder / "footage.mp4"), video=folder / "footage.mp4")


def run_timed(command: list[str], folder: Path) -> float:
    """Run a command; return the CPU seconds it and its children used. Raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def count_frames(video: Path) -> int:
    """Count the frames of a video by decoding it."""
    command = ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0"]
    command += ["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", str(video)]
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
