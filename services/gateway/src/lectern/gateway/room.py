"""Refusing what would begin while the store has no room for it: what has begun needs the rest."""

from __future__ import annotations

from collections.abc import Mapping

from lectern.gateway import problem_types
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.refusals import refuse

_RETRY_SECONDS = 60  # space is freed by people


async def require_room(deps: GatewayDeps) -> None:
    """Refuse (503) while the store's disk is nearly full, or the store holds as much as it may."""
    room = await deps.room.look()
    if room and (shortage := room.describe_shortage()):
        detail = f"{shortage[:1].upper()}{shortage[1:]}."
        raise refuse(problem_types.STORE_NEARLY_FULL, detail, retry_after=_RETRY_SECONDS)


async def describe_room(deps: GatewayDeps) -> Mapping[str, str]:
    """What `/readyz` says of the room; nothing where the store is elsewhere. Films are served all the same."""
    room = await deps.room.look()
    if room is None:
        return {}
    shortage = room.describe_shortage()
    return {"room": f"refusing new videos: {shortage}" if shortage else "ok"}
