"""Answers requests of other services: preflights and stills."""

from __future__ import annotations

from lectern.contracts.parties import Party
from lectern.contracts.requests import CHECK_SCENE, DRAW_STILLS, CheckScene, DrawStills, SceneVerdict, Stills
from lectern.renderer.pool import Pool
from lectern.renderer.preflight import check_scene
from lectern.renderer.stills import draw_stills
from lectern.worker import FairSlots, ObjectStore, Responder, StageMetrics, Transient, find_outage

MOST_REQUESTS = 64  # of a kind at once, of which most wait in the pool for their video's turn


def build_responders(
    pool: Pool, store: ObjectStore, metrics: StageMetrics
) -> tuple[Responder[CheckScene, SceneVerdict], Responder[DrawStills, Stills]]:
    """Builds the responders for both kinds of request.

    Preflights are short and may use every idle slot of the pool. Stills are renders, and use one at a time.
    """
    stills_turns = FairSlots(1)

    async def answer_check(message: CheckScene) -> SceneVerdict:
        return await check_scene(message, pool, store)

    async def answer_stills(message: DrawStills) -> Stills:
        async with stills_turns.turn(Party(message.owner, message.video_id)):
            return await draw_stills(message, pool, store, metrics)

    return (
        Responder(
            request=CHECK_SCENE,
            handler=answer_check,
            failed=_describe_failed_check,
            slots=MOST_REQUESTS,
            turns=lambda message: Party(message.owner, message.video_id),
        ),
        Responder(
            request=DRAW_STILLS,
            handler=answer_stills,
            failed=lambda error: Stills(ok=False, unavailable=_describe_cause(error)),
            slots=MOST_REQUESTS,
            turns=lambda message: Party(message.owner, message.video_id),
        ),
    )


def _describe_failed_check(error: Exception) -> SceneVerdict:
    """What is unavailable says so. Whatever else went wrong may be the scene's doing."""
    begun = find_outage(error, None) is None
    return SceneVerdict(ok=False, unavailable=_describe_cause(error), begun=begun)


def _describe_cause(error: Exception) -> str:
    cause = str(error) if isinstance(error, Transient) else f"{type(error).__name__}: {error}"
    return cause[:300]
