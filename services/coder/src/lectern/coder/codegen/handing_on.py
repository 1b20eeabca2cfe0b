"""What a scene's code is to hand on to the next scene, and does not."""

from __future__ import annotations

import msgspec

from lectern.coder.coding import CodingTask
from lectern.contracts.carrying import list_carried
from lectern.contracts.requests import Finding, SceneVerdict

NOT_CARRIED = "not-carried"


def check_handing_on(task: CodingTask, code: str, verdict: SceneVerdict) -> SceneVerdict:
    """The verdict with an error for the names under which nothing is handed on, though the next scene goes on with it.

    Code that does not run is left to its errors.
    """
    carried = list_carried(code)
    missing = [name for name in task.names_to_carry if name not in carried]
    if not missing or not verdict.ok:
        return verdict
    given = ", ".join(f"{name}=..." for name in missing)
    message = (
        f"The next scene goes on with {', '.join(missing)}, and nothing is handed on under "
        f"{'that name' if len(missing) == 1 else 'those names'}: end `construct` with `self.carry({given})`, with the "
        "very objects that are on screen."
    )
    finding = Finding(rule=NOT_CARRIED, level="error", message=message)
    return msgspec.structs.replace(verdict, findings=(*verdict.findings, finding))
