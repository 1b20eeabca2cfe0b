"""Keys: an owner's own, for the settings of the studio and for programs that make keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response

from lectern.contracts.api_keys import ApiKey
from lectern.gateway import problem_types
from lectern.gateway.access import examples
from lectern.gateway.deps import Deps
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import Account, AccountQuotas, AccountUse, ApiKeyInfo, CreatedKey, KeyList, KeyRequest
from lectern.worker import create_key, revoke_key

router = APIRouter(tags=["access"], route_class=JsonRoute)


@router.get(
    "/v1/account",
    response_model=Account,
    summary="Show whose key this is",
    responses={**describe_json(200, Account, "The owner and its rights", examples.ACCOUNT), **describe_problems(401)},
)
async def show_account(deps: Deps) -> Account:
    """The owner of the key or session that was sent, and what it may do."""
    principal = deps.principal
    return Account(
        owner=principal.owner,
        key_id=principal.key_id or None,
        scopes=list(principal.scopes),
        quotas=AccountQuotas.model_validate(deps.access.quotas.find_limits(principal), from_attributes=True),
        use=AccountUse.model_validate(await deps.access.quotas.measure(principal.owner), from_attributes=True),
        keys_required=deps.settings.require_keys,
    )


@router.get(
    "/v1/keys",
    response_model=KeyList,
    summary="List your keys",
    responses={**describe_json(200, KeyList, "Keys, oldest first", examples.KEY_LIST), **describe_problems(401, 403)},
)
async def list_keys(deps: Deps) -> KeyList:
    """The owner's keys, revoked ones included, without their secrets. Needs the scope admin."""
    return KeyList(data=[_map_key(key) for key in deps.access.ring.list_keys(deps.principal.owner)])


@router.post(
    "/v1/keys",
    status_code=201,
    response_model=CreatedKey,
    summary="Create a key",
    responses={
        **describe_json(201, CreatedKey, "The key, shown this once", examples.CREATED_KEY),
        **describe_problems(400, 401, 403, 413, 415, 422, 503),
    },
)
async def add_key(deps: Deps, body: KeyRequest) -> Response:
    """A key of the same owner, with the quotas of the key that makes it and at most its scopes."""
    if more := [scope for scope in body.scopes if scope not in deps.principal.scopes]:
        raise refuse(
            problem_types.MISSING_SCOPE, f"Your key has no scope {more[0]}, so it cannot make one that has.", ""
        )
    lifetime = timedelta(seconds=body.expires_in) if body.expires_in else None
    key, token = await create_key(
        deps.access.ring.bucket,
        owner=deps.principal.owner,
        name=body.name,
        scopes=tuple(dict.fromkeys(body.scopes)),
        expires_at=deps.access.clock() + lifetime if lifetime else None,
        quotas=deps.principal.quotas,
    )
    await deps.access.ring.wait_for(key)
    return make_json_response(CreatedKey(**_map_key(key).model_dump(), key=token), 201)


@router.delete(
    "/v1/keys/{key_id}",
    status_code=204,
    summary="Revoke a key",
    response_class=Response,
    responses={204: {"description": "It opens nothing any more"}, **describe_problems(401, 403, 404, 503)},
)
async def end_key(deps: Deps, key_id: Annotated[str, Path(description="the key's id, not the key")]) -> Response:
    """Ends the key everywhere within a second, its sessions and open event streams included."""
    own = {key.id for key in deps.access.ring.list_keys(deps.principal.owner)}
    if key_id not in own:
        raise refuse(problem_types.NO_SUCH_KEY, f"You have no key with the id {key_id[:40]}.")
    revoked = await revoke_key(deps.access.ring.bucket, key_id)
    if revoked:
        await deps.access.ring.wait_for(revoked)
    return Response(status_code=204)


def _map_key(key: ApiKey) -> ApiKeyInfo:
    return ApiKeyInfo(
        id=key.id,
        name=key.name,
        scopes=list(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )
