"""How a scene begins: with the things that the one before carries into it, or with a picture of its own, and why."""

from __future__ import annotations

from collections.abc import Mapping

from lectern.coder.coding import CarriedThings, CodingResult, CodingTask
from lectern.contracts.carrying import is_drawn_by_model, list_asked, list_carried
from lectern.contracts.events import CodeRef
from lectern.contracts.script import Manim, Script
from lectern.worker import Missing, ObjectStore


async def find_carried(
    store: ObjectStore, script: Script, number: int, codes: Mapping[int, CodeRef]
) -> CarriedThings | None:
    """What the scene before `number` hands on, by its code in the script, or in force where a model draws it."""
    if number < 2:
        return None
    before = script.scene(number - 1)
    if not is_drawn_by_model(before):
        source = before.visual.source if isinstance(before.visual, Manim) else ""
    else:
        code = codes.get(number - 1)
        if code is None or code.origin == "template":
            return None
        try:
            source = (await store.get(code.key)).decode()
        except Missing:
            return None
    names = list_carried(source)
    return CarriedThings(names=names, source=source) if names else None


def explain_new_beginning(task: CodingTask, result: CodingResult) -> str:
    """Why the result does not begin with things of the scene before, though the plan says so; "" where it does."""
    if task.number < 2 or not task.script.scene(task.number - 1).plan.carries or not is_drawn_by_model(task.scene):
        return ""
    if list_asked(result.source):
        return ""
    before = task.codes.get(task.number - 1)
    if result.origin == "template":
        return "it is shown as a card"
    if task.carried is not None:
        return "its code takes nothing over"
    if before is None:
        return f"scene {task.number - 1} could not be made"
    return f"scene {task.number - 1} {'is shown as a card' if before.origin == 'template' else 'carries nothing'}"
