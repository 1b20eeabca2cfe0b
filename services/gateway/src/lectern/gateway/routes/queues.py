"""What waits and what is worked on."""

from __future__ import annotations

from fastapi import APIRouter

from lectern.gateway import examples_of_work
from lectern.gateway.deps import Deps
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.schemas import QueueReport, StageQueueEntry

router = APIRouter(tags=["operations"])


@router.get(
    "/v1/queue",
    summary="See what each stage has to do",
    responses={**describe_json(200, QueueReport, "Every stage", examples_of_work.QUEUE), **describe_problems(503)},
)
async def show_queue(deps: Deps) -> QueueReport:
    """For all owners together, at most a second old."""
    await deps.views.wait_until_current()
    return QueueReport(data=[StageQueueEntry.model_validate(each) for each in deps.outlook.list_queues()])
