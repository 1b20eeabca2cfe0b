"""Draws docs/scenekit.md: every component of the scene kit as a picture, with the lines that draw it.

Run `make gallery` after changing docs/scenekit.toml or how a component looks. `--only NAME` draws the pictures of one.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import sys
import tempfile
import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

ROOT = Path(__file__).parent.parent
SOURCE, PAGE, PICTURES = ROOT / "docs/scenekit.toml", ROOT / "docs/scenekit.md", ROOT / "docs/images/scenekit"
KIT = ROOT / "libs/scenekit/src/lectern/scenekit"
SIZE = (640, 360)
SECONDS, FPS = 6.0, 5
COLORS = 128  # in a picture's palette: flat drawings need no more, and take a few kilobytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A picture: its part of the page, the names of the kit that it is about, and its code."""

    part: str
    names: tuple[str, ...]
    code: str
    file: str

    @property
    def scene(self) -> str:
        """The code as a scene that can be rendered."""
        lines = textwrap.indent(self.code.strip(), " " * 12)
        return (
            "from lectern.scenekit import *\n\n\nclass Example(NarratedScene):\n    def construct(self):\n"
            f"        with self.beat():\n{lines}\n"
        )


def read_examples() -> list[Example]:
    """Read the examples, in the order of the page. A name's second picture is numbered."""
    found: list[Example] = []
    taken: dict[str, int] = {}
    for part in tomllib.loads(SOURCE.read_text(encoding="utf-8"))["part"]:
        for each in part["example"]:
            name = each["names"][0].lower()
            taken[name] = taken.get(name, 0) + 1
            file = f"{name}.png" if taken[name] == 1 else f"{name}-{taken[name]}.png"
            found.append(Example(part=part["title"], names=tuple(each["names"]), code=each["code"], file=file))
    return found


def prepare_job(example: Example, folder: Path, mode: str) -> None:
    """Write a job folder that draws an example, with the picture that examples may show."""
    (folder / "assets").mkdir(parents=True)
    _draw_leaf().save(folder / "assets/leaf.png")
    (folder / "scene.py").write_text(example.scene, encoding="utf-8")
    job = {
        "mode": mode, "scene_class": None, "width": SIZE[0] * 2, "height": SIZE[1] * 2, "fps": FPS, "seconds": SECONDS,
        "beats": [{"start": 0.0, "end": SECONDS, "text": "An example."}], "words": [], "theme": "dark", "seed": 1,
        "encoder": {"preset": "ultrafast", "crf": 8, "threads": 1}, "tex": "none",
    }  # fmt: skip
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")


def draw(example: Example, scratch: Path) -> None:
    """Draw the last frame of an example, in a process of its own. Raises RuntimeError when the example is wrong."""
    folder = scratch / example.file
    prepare_job(example, folder, "render")
    child = os.fork()
    if child == 0:
        from lectern.scenekit.job import run

        try:
            run(folder)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    if not result["ok"]:
        raise RuntimeError(f"{', '.join(example.names)}: {result['error']['message']}")
    with av.open(str(folder / "footage.mp4")) as container:
        *_, last = (frame.to_image() for frame in container.decode(video=0))
    small = last.resize(SIZE, Image.Resampling.LANCZOS)
    small.quantize(COLORS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        PICTURES / example.file, optimize=True
    )


def describe_kit() -> dict[str, str]:
    """The first sentence of each name's docstring."""
    from lectern.scenekit import KIT as MODULES

    told: dict[str, str] = {}
    for module, names in MODULES.items():
        tree = ast.parse((KIT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name in names:
                told[node.name] = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
    return told


def write_page(examples: list[Example]) -> str:
    """The page: each example with its names, what they are, its code and its picture."""
    told = describe_kit()
    lines = [
        "# The scene kit in pictures",
        "",
        "Everything that scenes have beyond Manim, with the lines that draw it. They stand in `construct`, inside",
        "`with self.beat():`; [lessons.md](lessons.md) says how a scene follows its narration. `make gallery` writes",
        "this page from `docs/scenekit.toml`.",
    ]
    part = ""
    for each in examples:
        if each.part != part:
            part = each.part
            lines += ["", f"## {part}"]
        lines += ["", f"### {', '.join(each.names)}", ""]
        lines += [f"{told[name]}  " for name in each.names if name in told]
        lines += ["", "```python", each.code.strip(), "```", "", f"![{each.names[0]}](images/scenekit/{each.file})"]
    return "\n".join(lines) + "\n"


def _draw_leaf() -> Any:
    """A picture of a leaf's veins, for the example that shows a picture."""
    y, x = np.mgrid[0:420, 0:600]
    veins = np.abs(np.sin((x + 0.6 * y) / 34)) ** 10 + np.abs(np.sin((x - 0.8 * y) / 80)) ** 24
    shade = np.clip(veins, 0, 1)[..., None]
    return Image.fromarray((np.array([38, 104, 52]) + shade * np.array([90, 110, 50])).clip(0, 255).astype(np.uint8))


def main() -> None:
    """Draw the pictures and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="")
    only = parser.parse_args().only
    examples = read_examples()
    PICTURES.mkdir(parents=True, exist_ok=True)
    import lectern.scenekit.job  # noqa: F401  # once, not in each fork

    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for each in examples:
            if not only or only in each.names:
                try:
                    draw(each, Path(scratch))
                except RuntimeError as error:
                    wrong.append(str(error))
    for old in PICTURES.glob("*.png"):
        if old.name not in {each.file for each in examples}:
            old.unlink()
    PAGE.write_text(write_page(examples), encoding="utf-8")
    sys.stdout.write("\n".join(wrong) + "\n" if wrong else f"{len(examples)} pictures\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
