"""What the routes for older clients share: whether they are on, how they read a body, what their answers look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from lectern.contracts.options import TOPIC_LIMIT
from lectern.gateway.compat.schemas import OlderError
from lectern.gateway.deps import Deps
from lectern.gateway.json_body import parse_json_body
from lectern.gateway.refusals import Refusal
from lectern.gateway.schemas import VideoRequest
from lectern.gateway.validation import refuse_invalid_model

# RFC 9745: since when there is something better. RFC 8288 says where.
DEPRECATION = {"Deprecation": "@1795305600", "Link": '</v1/videos>; rel="successor-version"'}


async def check_enabled(deps: Deps) -> None:
    """Raises a 404, as for any unknown path, where these routes are off."""
    if not deps.settings.serves_older_clients():
        raise HTTPException(404)


async def read_fields(request: Request) -> Mapping[str, Any]:
    """The fields of a JSON object, whatever its Content-Type says. Raises a 400 for anything else."""
    fields = parse_json_body(await request.body())
    return fields if isinstance(fields, dict) else {}


def make_request(text: object, **fields: Any) -> VideoRequest:
    """A request for a video about a topic; a longer text is a document. Raises a 422."""
    about = {"topic": text}
    if isinstance(text, str) and len(text) > TOPIC_LIMIT:
        about = {"document": {"markdown": text}}
    try:
        return VideoRequest.model_validate({**about, **fields})
    except ValidationError as error:
        raise refuse_invalid_model(error.errors(), VideoRequest) from None


def answer(body: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in the client's own shape, which says that there is a better way by now."""
    sent = {**DEPRECATION, "Cache-Control": "no-store", **(headers or {})}
    return Response(body.model_dump_json(), status, headers=sent, media_type="application/json")


def refuse_older(refusal: Refusal) -> Response:
    """A refusal in the client's own shape. What is wrong with its fields is a 400 to these clients."""
    headers = {name: value for name, value in refusal.headers.items() if name == "Retry-After"}
    status = 400 if refusal.status == 422 else refusal.status
    return answer(OlderError(error=refusal.problem.sentence()), status, headers)
