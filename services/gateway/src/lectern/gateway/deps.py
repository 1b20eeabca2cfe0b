"""The gateway's dependencies, as routes receive them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from lectern.gateway.access.bundle import Access
from lectern.gateway.access.owned_bucket import OwnedBucket
from lectern.gateway.access.principal import NOBODY, Principal
from lectern.gateway.batches import Batches
from lectern.gateway.hub import Hub
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.outlook import OutlookBoard
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.shared_reads import SharedReads
from lectern.gateway.studio_files import StudioFile
from lectern.gateway.views import Views
from lectern.gateway.webhooks import Deliveries, Endpoints
from lectern.lessons import Lesson
from lectern.worker import Check, Connections, EventLog, FairSlots, KeyValueStore, RoomWatch

CODE_CHECKS = 4  # of users at once, far fewer than the requests that a renderer takes on


@dataclass(frozen=True, kw_only=True)
class GatewayDeps:
    """The gateway's adapters.

    `principal` is who sent the request that these were handed to. `stored_responses` holds the response to each
    Idempotency-Key, `checks` are those of readiness, `studio` the built files of the page by name, `lessons`
    those that come with Lectern. `code_checks` bounds how many scenes' codes users have checked at
    once, in turns, so that renderers always have room for the pipeline's own.
    """

    settings: GatewaySettings
    connections: Connections
    event_log: EventLog
    shared_reads: SharedReads
    hub: Hub
    views: Views
    stored_responses: KeyValueStore
    batches: Batches
    webhook_endpoints: Endpoints
    webhook_deliveries: Deliveries
    metrics: GatewayMetrics
    checks: Mapping[str, Check]
    access: Access
    outlook: OutlookBoard
    room: RoomWatch
    studio: Mapping[str, StudioFile]
    lessons: Sequence[Lesson]
    code_checks: FairSlots = dataclasses.field(default_factory=lambda: FairSlots(CODE_CHECKS, most_waiting=64))
    principal: Principal = NOBODY

    async def start(self) -> None:
        """Begin the mirrors of all that is asked on the way of a request, then listen to the log."""
        await self.access.start()
        for bucket in (self.views, self.batches, self.webhook_endpoints, self.webhook_deliveries):
            await bucket.start()
        await self.outlook.start()
        await self.hub.start()

    async def close(self) -> None:
        """End what `start` began, last first."""
        await self.hub.close()
        await self.outlook.close()
        for bucket in (self.webhook_deliveries, self.webhook_endpoints, self.batches, self.views):
            await bucket.close()
        await self.access.close()

    def act_for(self, principal: Principal) -> GatewayDeps:
        """The same, for the requests of one principal: what is its own is kept apart from what is others'."""
        responses = OwnedBucket(self.stored_responses, principal.owner)
        return dataclasses.replace(self, principal=principal, stored_responses=responses)


async def get_deps(request: Request) -> GatewayDeps:
    """The deps of the gateway that received this request, in the name of whoever sent it."""
    principal: Principal = request.scope["state"]["principal"]
    return cast(GatewayDeps, request.app.state.deps).act_for(principal)


Deps = Annotated[GatewayDeps, Depends(get_deps)]
