"""The cards around a film: its question on the first picture, its idea and sources on the last, the sender's logo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from manim import DOWN, LEFT, ORIGIN, UP, Mobject, RoundedRectangle, VGroup, config
from manim.camera.camera import Camera
from PIL import Image

from .front import Layer
from .labels import Label
from .layout import fit, frame
from .regions import Region, align
from .style import theme

OPENING_SECONDS, FADE_SECONDS = 2.6, 0.5
OPENING_SHARE = 0.45
"""The most of a scene's length that its opening takes."""
VEIL = 0.9
"""Opacity of the background's colour behind a card's words: the picture is still felt through it."""
MOST_SOURCES = 3
LOGO_HEIGHT, LOGO_WIDTH = 0.62, 1.5
"""The room of a logo, in units."""
LOGO_OPACITY = 0.92


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """The end card: the film's idea in a sentence, its sources, and the second of the scene at which it comes."""

    idea: str
    sources: tuple[str, ...] = ()
    start: float


def draw_opening(question: str, seconds: float) -> Layer:
    """Draw the film's question large over the lower part of the first picture of a scene of `seconds` seconds."""
    safe = frame.safe
    width = safe.width * 0.94
    words = Label(question, size=theme.title * 1.35, width=width, weight="BOLD", align=LEFT)
    fit(words, width, frame.height * 0.34)
    bottom = safe.bottom + (0.12 * frame.height if frame.portrait else 0.15)
    words.move_to([safe.left, bottom, 0], aligned_edge=DOWN + LEFT)
    mark = RoundedRectangle(width=1.3, height=0.1, corner_radius=0.05, stroke_width=0, fill_opacity=1)
    mark.set_fill(theme.accent).next_to(words, UP, buff=0.3, aligned_edge=LEFT)
    shown = min(OPENING_SECONDS, seconds * OPENING_SHARE)
    top = mark.get_top()[1] + 0.2
    rise = 0.22 * frame.height
    pixels = _draw(words, mark, veil=lambda y: VEIL * np.clip((top + rise - y) / rise, 0, 1))
    return _cut_empty(pixels, lambda second: (shown - second) / FADE_SECONDS + 1)


def draw_closing(closing: Closing) -> Layer:
    """Draw the end card over the last picture."""
    safe = frame.safe
    width = safe.width * (0.96 if frame.portrait else 0.8)
    words = Label(closing.idea, size=theme.title * 1.1, width=width, weight="SEMIBOLD")
    fit(words, width, frame.height * 0.45)
    mark = RoundedRectangle(width=1.3, height=0.1, corner_radius=0.05, stroke_width=0, fill_opacity=1)
    mark.set_fill(theme.accent).next_to(words, UP, buff=0.4)
    card = VGroup(mark, words)
    if sources := _write_sources(closing.sources, width):
        card.add(sources.next_to(words, DOWN, buff=0.6))
    card.move_to([safe.center[0], safe.center[1] + 0.1, 0])
    pixels = _draw(card, veil=lambda y: np.full_like(y, 0.94))
    return _cut_empty(pixels, lambda second: (second - closing.start) / FADE_SECONDS)


def draw_logo(path: Path) -> Layer:
    """Draw the sender's logo small into the top right corner. Raises ValueError for what is no picture."""
    scale = config.pixel_height / frame.height
    try:
        with Image.open(path) as opened:
            opened.draft("RGBA", (2048, 2048))
            logo = opened.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"the logo cannot be read: {error}") from error
    share = min(LOGO_HEIGHT * scale / logo.height, LOGO_WIDTH * scale / logo.width)
    size = max(1, round(logo.width * share)), max(1, round(logo.height * share))
    logo = logo.resize(size, Image.Resampling.LANCZOS)
    picture = np.asarray(logo).astype(float)
    alpha = picture[:, :, 3:] / 255 * LOGO_OPACITY
    pixels = np.zeros((config.pixel_height, config.pixel_width, 4), dtype=np.uint8)
    right = round((frame.width / 2 + frame.safe.right) * scale)
    top = round((frame.height / 2 - frame.safe.top) * scale)
    part = pixels[top : top + logo.height, right - logo.width : right]
    part[:] = np.concatenate([picture[:, :, :3] * alpha, alpha * 255], axis=2).round().astype(np.uint8)
    return _cut_empty(pixels, lambda second: 1.0)


def _write_sources(sources: Sequence[str], width: float) -> Mobject | None:
    if not sources:
        return None
    lines = [Label(each, size=theme.small, color=theme.muted, width=width) for each in sources[:MOST_SOURCES]]
    if len(sources) > MOST_SOURCES:
        lines.append(Label(f"+ {len(sources) - MOST_SOURCES}", size=theme.small, color=theme.muted))
    return fit(VGroup(*lines).arrange(DOWN, buff=0.16, aligned_edge=ORIGIN), width, frame.height * 0.24)


def _draw(*things: Mobject, veil: Any) -> Any:
    """Draw things on a veil of the background's colour, whose opacity is a function of y in units."""
    camera = Camera(background_opacity=0.0)
    height = config.pixel_height
    rows = np.asarray(veil(frame.height / 2 - (np.arange(height) + 0.5) * frame.height / height), dtype=float)
    color = np.array(theme.background.to_int_rgb(), dtype=float)
    veiled = np.concatenate([rows[:, None] * color[None, :], rows[:, None] * 255], axis=1).round().astype(np.uint8)
    camera.background = np.ascontiguousarray(np.broadcast_to(veiled[:, None, :], (height, config.pixel_width, 4)))
    camera.reset()
    camera.capture_mobjects(things)
    return camera.pixel_array


def _cut_empty(pixels: Any, strength: Any) -> Layer:
    """Cut away what is transparent."""
    height, width = pixels.shape[:2]
    rows, columns = (np.flatnonzero(pixels[:, :, 3].any(axis=axis)) for axis in (1, 0))
    region: Region | None = None
    if len(rows):
        region = align((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1), width, height)
    left, top, right, bottom = region or (0, 0, 0, 0)
    return Layer(pixels=pixels[top:bottom, left:right].copy(), region=(left, top, right, bottom), strength=strength)
