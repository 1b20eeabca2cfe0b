"""Code that another form of a video has already: used again where it passes its check."""

from __future__ import annotations

import msgspec

from lectern.coder import templates
from lectern.coder.coding import CodingResult, CodingTask, Preflight
from lectern.coder.template_coder import without_visual
from lectern.contracts import keys
from lectern.contracts.acceptance import is_acceptable
from lectern.contracts.options import OfferedScene
from lectern.contracts.state import VideoState


def find_offer(state: VideoState, task: CodingTask) -> OfferedScene | None:
    """What the original of a variant offers for a scene, as long as the scene is what it was there.

    A scene that is redone afresh has another salt, and an edited one another digest.
    """
    requested = state.requested
    scenes = requested.variant.scenes if requested and requested.variant else ()
    if task.number > len(scenes):
        return None
    offer = scenes[task.number - 1]
    is_same = offer.salt == task.salt and offer.scene_digest == keys.digest(task.scene)
    return offer if is_same and offer.code_key else None


async def use_offer(task: CodingTask, source: str, preflight: Preflight) -> CodingResult | None:
    """The original's code with a card to fall back on; None where it has errors in this form."""
    if not is_acceptable(await preflight(source)):
        return None
    fallback = templates.write_card(msgspec.structs.replace(task, scene=without_visual(task.scene)))
    return CodingResult(source=source, origin="model", fallback=fallback)
