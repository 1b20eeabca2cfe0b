"""Code of an earlier take: used again where a scene is made anew only because the one before it was."""

from __future__ import annotations

import msgspec

from lectern.coder import templates
from lectern.coder.coding import CodingResult, CodingTask, Preflight
from lectern.coder.template_coder import without_visual
from lectern.contracts import events as e
from lectern.contracts.acceptance import is_acceptable
from lectern.contracts.carrying import is_drawn_by_model, list_asked
from lectern.contracts.script import Script
from lectern.contracts.state import VideoState
from lectern.worker import Missing, ObjectStore


class KeptCode(msgspec.Struct, frozen=True, kw_only=True):
    """The code of an earlier take, and its source."""

    code: e.CodeRef
    source: str


async def find_kept_code(state: VideoState, store: ObjectStore, task: CodingTask) -> KeptCode | None:
    """A model's code of an earlier take, for the same scene with the same narration, that takes no more than is carried
    now. A take that went on with just the code that the scene before has now comes first, then the newest."""
    if task.carried is None or not is_drawn_by_model(task.scene):
        return None
    before = task.codes.get(task.number - 1)
    takes = sorted(
        state.takes.get(task.number, {}).items(),
        key=lambda take: (before is not None and take[1].code.context.before[-1:] == (before.key,), take[0]),
        reverse=True,
    )
    for _, take in takes:
        if not _is_same_work(take, task):
            continue
        try:
            script = await store.get_json(take.script_key, Script)
            source = (await store.get(take.code.key)).decode()
        except Missing:
            continue
        same = task.number <= len(script.scenes) and script.scene(task.number) == task.scene
        asked = set(list_asked(source))
        if same and script.symbols == task.script.symbols and asked and asked <= set(task.carried.names):
            return KeptCode(code=take.code, source=source)
    return None


async def use_kept_code(task: CodingTask, kept: KeptCode, preflight: Preflight) -> CodingResult | None:
    """The code with a card to fall back on; None where it has errors after the scene that is before it now."""
    if not is_acceptable(await preflight(kept.source)):
        return None
    fallback = templates.write_card(msgspec.structs.replace(task, scene=without_visual(task.scene)))
    history = kept.code.history
    return CodingResult(
        source=kept.source, origin="model", fallback=fallback, attempts=kept.code.attempts, history=history
    )


def _is_same_work(take: e.SceneRendered, task: CodingTask) -> bool:
    """True if a take was drawn by a model for the same words and look, and not redone since."""
    same = (take.salt, take.options) == (task.salt, task.options) and take.narration.key == task.narration_key
    return same and take.degraded is None and take.code.origin == "model"
