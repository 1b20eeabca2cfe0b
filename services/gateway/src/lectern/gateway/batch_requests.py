"""The requests of a batch: checked one by one, and turned into videos whose ids follow from the batch's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from pydantic import ValidationError

from lectern.contracts import events as e
from lectern.contracts.events import now
from lectern.contracts.problems import MAX_ERRORS, FieldError, Problem
from lectern.gateway import handlers, problem_types
from lectern.gateway.admission import check_assets, check_logo, check_music, check_voice
from lectern.gateway.batch_ends import tell_batch_end
from lectern.gateway.batches import BatchRecord
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.enqueue import publish_request
from lectern.gateway.refusals import Refusal, refuse, refuse_fields
from lectern.gateway.schemas import MAX_EXTERNAL_ID, BatchRequest, VideoRequest
from lectern.gateway.validation import refuse_invalid_model
from lectern.worker import map_concurrently

MAX_AT_ONCE = 8  # checks or requests of one batch, so that it leaves others their turn
_MERGED = ("options", "metadata")


async def create_batch(deps: GatewayDeps, batch_id: str, body: BatchRequest) -> BatchRecord:
    """Request a batch's videos and keep what was refused. Goes on where an earlier try ended. Raises a 422 if all are.

    A batch that was cancelled meanwhile requests no more.
    """
    requests = await check_requests(deps, body)
    accepted = {place: each for place, each in enumerate(requests) if isinstance(each, VideoRequest)}
    refused = {place: each for place, each in enumerate(requests) if isinstance(each, Problem)}
    if not accepted:
        raise _refuse_all(refused)
    record = await deps.batches.begin(
        BatchRecord(
            id=batch_id,
            owner=deps.principal.owner,
            at=now(),
            lane=body.lane,
            total=len(requests),
            custom_ids=_find_custom_ids(body, accepted),
            refused=refused,
        )
    )
    video_ids = record.video_ids()

    beyond: dict[int, Refusal] = {}

    async def request_video(place: int) -> None:
        if (request := accepted.get(place)) is None:
            return
        try:
            await publish_request(deps, request, _make_event(request, video_ids[place], batch_id))
        except Refusal as refusal:  # a quota that is used up meanwhile
            beyond[place] = refusal

    if not record.cancelled:
        await map_concurrently(request_video, list(video_ids), limit=MAX_AT_ONCE)
    if beyond and len(beyond) == len(video_ids):
        await deps.batches.delete(batch_id)
        raise beyond[min(beyond)]
    problems = {place: refusal.problem for place, refusal in beyond.items()}
    record = await deps.batches.mark(batch_id, created=True, refused=problems) or record
    await tell_batch_end(deps, batch_id, record.owner)
    return record


def _find_custom_ids(body: BatchRequest, accepted: Mapping[int, VideoRequest]) -> dict[int, str]:
    """The requests' own ids, also of those refused, as far as they can be shown."""
    found: dict[int, str] = {}
    for place, sent in enumerate(body.requests):
        name = accepted[place].external_id if place in accepted else sent.get("custom_id")
        if isinstance(name, str) and name.isprintable() and 0 < len(name) <= MAX_EXTERNAL_ID:
            found[place] = name
    return found


def _make_event(request: VideoRequest, video_id: str, batch_id: str) -> e.VideoRequested:
    return msgspec.structs.replace(handlers.create(request, video_id), batch=batch_id)


async def check_requests(deps: GatewayDeps, body: BatchRequest) -> Sequence[VideoRequest | Problem]:
    """Each request with the defaults filled in, or the problem for which it is refused, in order."""
    seen: set[str] = set()
    parsed = [_parse_request(each, body, seen) for each in body.requests]
    check = _check_each_thing_once(deps)

    async def admit(request: VideoRequest | Problem) -> VideoRequest | Problem:
        return request if isinstance(request, Problem) else await check(request) or request

    return await map_concurrently(admit, parsed, limit=MAX_AT_ONCE)


def _check_each_thing_once(deps: GatewayDeps) -> Callable[[VideoRequest], Awaitable[Problem | None]]:
    """A check against what exists. A hundred requests mostly have one voice and one track."""
    known: dict[tuple[str, str | None], Problem | None] = {}

    async def ask(kind: str, name: str | None, question: Callable[[], Awaitable[None]]) -> Problem | None:
        if (kind, name) not in known:
            try:
                await question()
                known[kind, name] = None
            except Refusal as refusal:
                known[kind, name] = refusal.problem
        return known[kind, name]

    async def check(request: VideoRequest) -> Problem | None:
        options = request.options
        try:
            await check_assets(deps, request.document)
        except Refusal as refusal:
            return refusal.problem
        logo = options.brand.logo if options.brand else None
        return (
            await ask("voice", options.voice, lambda: check_voice(deps, options.voice))
            or await ask("music", options.music, lambda: check_music(deps, options.music))
            or await ask("logo", logo, lambda: check_logo(deps, options.brand))
        )

    return check


def _parse_request(sent: Mapping[str, Any], body: BatchRequest, seen: set[str]) -> VideoRequest | Problem:
    try:
        request = VideoRequest.model_validate(_fill_in(sent, body))
    except ValidationError as error:
        return refuse_invalid_model(error.errors(), VideoRequest).problem
    except Refusal as refusal:
        return refusal.problem
    custom_id = request.external_id
    if "custom_id" in sent and custom_id in seen:
        fault = FieldError(pointer="/custom_id", detail=f"{custom_id!r} names an earlier request of the batch, too")
        return refuse_fields(fault).problem
    seen.add(custom_id)
    return request


def _fill_in(sent: Mapping[str, Any], body: BatchRequest) -> dict[str, Any]:
    """A request over the defaults. Options and metadata are joined; a topic or document replaces either."""
    defaults = dict(body.defaults)
    if "topic" in sent or "document" in sent:
        defaults.pop("topic", None)
        defaults.pop("document", None)
    filled: dict[str, Any] = {"lane": body.lane, **defaults, **sent}
    for name in _MERGED:
        ours, theirs = defaults.get(name), sent.get(name)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            filled[name] = {**ours, **theirs}
    if "custom_id" in filled:
        if "external_id" in sent:
            raise refuse_fields(FieldError(pointer="/custom_id", detail="is the external_id; send one of them"))
        filled["external_id"] = filled.pop("custom_id")
    return filled


def _refuse_all(refused: Mapping[int, Problem]) -> Refusal:
    errors = [
        FieldError(pointer=f"/requests/{place}{error.pointer}", detail=error.detail)
        for place, problem in sorted(refused.items())
        for error in problem.errors or (FieldError(pointer="", detail=problem.detail),)
    ]
    detail = f"None of the {len(refused)} requests can be accepted. {errors[0].pointer}: {errors[0].detail}"
    return refuse(problem_types.VALIDATION_ERROR, detail, errors=tuple(errors[:MAX_ERRORS]))
