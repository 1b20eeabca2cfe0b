"""The sounds that a scene reports, as far as they are believed: hostile code may have written them."""

from __future__ import annotations

from lectern.contracts.sounds import SoundCue
from lectern.renderer.sandbox.job import SceneResult

MIN_GAP_SECONDS = 0.3  # the scene kit keeps them farther apart; closer ones would be a noise


def build_sounds_key(footage_key: str) -> str:
    """The key of a scene's sounds, which belong to its footage."""
    return footage_key.replace("/footage/", "/sounds/").removesuffix(".mp4") + ".json"


def choose_sounds(result: SceneResult | None, seconds: float) -> tuple[SoundCue, ...]:
    """The sounds of a scene of so many seconds in order: those within it, none too soon after another."""
    kept: list[SoundCue] = []
    for cue in sorted(result.sounds if result else (), key=lambda each: each.at):
        if cue.at < seconds and (not kept or cue.at - kept[-1].at >= MIN_GAP_SECONDS):
            kept.append(cue)
    return tuple(kept)
