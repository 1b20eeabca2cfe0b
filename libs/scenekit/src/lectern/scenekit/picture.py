# mypy: disallow-subclassing-any=False
"""Images that came with the document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from manim import DOWN, Animation, Group, ImageMobject, LaggedStart, SVGMobject

from .labels import Caption
from .layout import frame
from .motion import appear

ASSETS = Path("assets")


class Picture(Group):
    """An image file that came with the lesson, as large as the body allows: `Picture("leaf.png", caption="A leaf")`.

    Raises FileNotFoundError listing the files there are. `self.play(picture.reveal())`; smaller with `fit(picture, 5)`.
    """

    def __init__(self, name: str, caption: str | None = None, *, alt: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        path = find_asset(name)
        self.name, self.alt = name, alt
        self.image = SVGMobject(str(path)) if path.suffix.lower() == ".svg" else ImageMobject(str(path))
        body = frame.body
        words = Caption(caption, width=body.width) if caption else None
        room = body.height - (words.height + 0.3 if words is not None else 0)
        self.image.scale(min(body.width / self.image.width, room / self.image.height))
        self.add(self.image)
        if words is not None:
            self.add(words.next_to(self.image, DOWN, buff=0.3))
        self.move_to(body.center)

    def reveal(self) -> Animation:
        """The picture fades in, then its caption."""
        return LaggedStart(*(appear(part, run_time=0.9) for part in self), lag_ratio=0.4)


def find_asset(name: str) -> Path:
    """Return the path of an asset. Raises FileNotFoundError listing the assets there are."""
    for path in (ASSETS / name, ASSETS / Path(name).name, Path(name)):
        if path.is_file():
            return path
    available = ", ".join(sorted(each.name for each in ASSETS.iterdir())) if ASSETS.is_dir() else ""
    raise FileNotFoundError(f"no picture named {name!r}; the lesson came with: {available or 'no pictures'}")
