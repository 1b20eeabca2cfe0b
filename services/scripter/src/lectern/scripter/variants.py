"""The script of a variant: that of the video it is another form of."""

from __future__ import annotations

from lectern.contracts.options import Variant
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.scripter.deps import ScripterDeps
from lectern.worker import Job, Missing, Permanent


async def read_original(variant: Variant, job: Job[ScripterDeps]) -> Script:
    """The original's script. Raises Permanent when it has been deleted."""
    try:
        return await job.store.get_json(variant.script_key, Script)
    except Missing as missing:
        if job.attempt < job.attempts:
            raise
        raise Permanent(
            Problem(
                code="original-gone",
                title="The original no longer exists",
                detail=f"The script of video {variant.video_id} has been deleted: {missing}.",
                remedy="Request the video again from its topic or document.",
            )
        ) from missing


def find_salt(variant: Variant | None, scene: int) -> str:
    """What sets the original's narration of a scene apart from others of the same words; "" where nothing does."""
    scenes = variant.scenes if variant else ()
    return scenes[scene - 1].salt if scene <= len(scenes) else ""
